package io.irscale.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetrievalTest {
    @Test
    void countsWhoIsCloser() {
        List<String> captions = List.of("a", "b", "c", "d", "e", "f", "g");
        float[] cosines = {
            0.9f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, // first
            0.5f, 0.4f, 0.3f, 0.2f, 0.1f, 0.0f, 0.0f, // second
            0.9f, 0.8f, 0.0f, 0.7f, 0.6f, 0.5f, 0.4f // seventh
        };
        Retrieval retrieval = Retrieval.of(cosines, List.of("a", "b", "c"), captions, new float[] {0.95f, 0.3f, -0.1f});
        assertThat(retrieval).isEqualTo(new Retrieval(1 / 3.0, 2 / 3.0, 2 / 3.0));
    }

    @Test
    void equalCaptionsShareTheTarget() {
        TorchLibraries.open(Optional.empty());
        try (Tensor target = CaptionTargets.of(List.of("a", "b", "a"), List.of("a", "b", "a", "c"))) {
            assertThat(target.shape()).containsExactly(3, 4);
            assertThat(target.floats()).containsExactly(0.5f, 0, 0.5f, 0, 0, 1, 0, 0, 0.5f, 0, 0.5f, 0);
        }
    }
}
