package io.irscale.denoise;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.GoldenTensors;
import io.irscale.latent.LatentShape;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;

/** The golden transformer with plans of its two prompts. */
final class GoldenFlux implements AutoCloseable {
    static final LatentShape SHAPE = new LatentShape(4, 12, 8);
    private static final Path FOLDER = GoldenTensors.GOLDENS.resolve("dev/pipeline/transformer");

    final FluxTransformer flux;
    final Plan first;
    final Plan second;

    GoldenFlux(DType dtype, FlowSchedule schedule) throws IOException {
        GoldenTensors golden = new GoldenTensors("dev/run-fp32.safetensors");
        flux = FluxTransformer.open(FOLDER, Device.CPU, dtype);
        try (Tensor txt = golden.tensor("prompt_embeds");
                Tensor vec = golden.tensor("pooled")) {
            first = plan(txt, vec, 0, schedule);
            second = plan(txt, vec, 1, schedule);
        }
    }

    private Plan plan(Tensor txt, Tensor vec, int prompt, FlowSchedule schedule) {
        try (Tensor text = txt.slice(prompt, 1);
                Tensor pooled = vec.slice(prompt, 1)) {
            return flux.plan(text, pooled, 3.5f, schedule, SHAPE);
        }
    }

    /** |got - wanted| over |wanted|, 2-norms. */
    static double difference(float[] got, float[] wanted) {
        double squares = 0;
        double of = 0;
        for (int i = 0; i < wanted.length; i++) {
            squares += Math.pow((double) got[i] - wanted[i], 2);
            of += Math.pow(wanted[i], 2);
        }
        assertThat(of).isGreaterThan(1);
        return Math.sqrt(squares / of);
    }

    @Override
    public void close() {
        first.close();
        second.close();
        flux.close();
    }
}
