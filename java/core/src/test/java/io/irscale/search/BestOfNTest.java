package io.irscale.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.GoldenTensors;
import io.irscale.decode.Vae;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.FluxTransformer;
import io.irscale.error.DeviceMemoryException;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.latent.Candidate;
import io.irscale.latent.LatentShape;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.verify.Verifier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The search on the golden models, with verifiers made up for the purpose. */
@ExtendWith(NoLeaks.class)
class BestOfNTest {
    private static final LatentShape SHAPE = new LatentShape(4, 4, 4);
    private static final int STEPS = 2;

    private final Ledger ledger = new Ledger();
    private final List<Integer> shrunk = new ArrayList<>();
    private final List<Integer> finished = new ArrayList<>();
    private long stepped;
    private FluxTransformer transformer;
    private Vae vae;
    private Conditioning conditioning;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @BeforeEach
    void open() throws IOException {
        GoldenTensors golden = new GoldenTensors("dev/run-fp32.safetensors");
        transformer =
                FluxTransformer.open(GoldenTensors.GOLDENS.resolve("dev/pipeline/transformer"), Device.CPU, DType.F32);
        vae = Vae.open(GoldenTensors.GOLDENS.resolve("dev/pipeline/vae"), Device.CPU, DType.F32);
        FlowSchedule schedule = FlowSchedule.of(new float[] {1, 0.5f, 0});
        try (Tensor txt = golden.tensor("prompt_embeds");
                Tensor vec = golden.tensor("pooled");
                Tensor text = txt.slice(0, 1);
                Tensor pooled = vec.slice(0, 1)) {
            conditioning = new Conditioning(
                    "a road", schedule, transformer.plan(text, pooled, 3.5f, schedule, SHAPE), Optional.empty(), 1);
        }
    }

    @AfterEach
    void close() {
        conditioning.close();
        vae.close();
        transformer.close();
    }

    private List<Scored> run(int candidates, int batch, Optional<Verifier> verifier) {
        Sampler sampler = new Sampler(transformer, vae, verifier, ledger);
        List<Candidate> roots = IntStream.range(0, candidates)
                .mapToObj(id -> Candidate.root(id, 100 + id))
                .toList();
        return new BestOfN(sampler, SHAPE, Device.CPU, DType.F32)
                .run(roots, conditioning, BatchSize.of(batch), new RunListener() {
                    @Override
                    public void stepped(long forwards) {
                        stepped += forwards;
                    }

                    @Override
                    public void finished(Scored scored, Tensor image) {
                        assertThat(image.shape()).containsExactly(1, 3, 32, 32);
                        finished.add(scored.candidate().id());
                    }

                    @Override
                    public void smallerBatch(int rows) {
                        shrunk.add(rows);
                    }
                });
    }

    /** Gives each image the next of the scores, and fits {@code most} rows at a time. */
    private static Optional<Verifier> verifier(int most, float... scores) {
        return Optional.of(new Verifier() {
            private int next;

            @Override
            public String name() {
                return "made up";
            }

            @Override
            public float[] score(Tensor images, String prompt) {
                assertThat(prompt).isEqualTo("a road");
                int rows = (int) images.size(0);
                if (rows > most) {
                    throw new DeviceMemoryException("out of memory");
                }
                float[] out = new float[rows];
                for (int i = 0; i < rows; i++) {
                    out[i] = scores[next++];
                }
                return out;
            }

            @Override
            public void close() {}
        });
    }

    private static List<Integer> ids(List<Scored> ranked) {
        return ranked.stream().map(scored -> scored.candidate().id()).toList();
    }

    @Test
    void ranksByScoreThenByIdWithNanLast() {
        List<Scored> ranked = run(6, 4, verifier(4, 0.1f, Float.NaN, 0.7f, -0.5f, 0.7f, -1f));
        assertThat(ids(ranked)).containsExactly(2, 4, 0, 3, 5, 1);
        assertThat(finished).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(ranked.getFirst().score()).hasValue(0.7f);
        assertThat(ranked).allSatisfy(scored -> {
            assertThat(scored.forwards()).isEqualTo(STEPS);
            assertThat(scored.candidate().step()).isEqualTo(STEPS);
            assertThat(scored.candidate().seed())
                    .isEqualTo(100 + scored.candidate().id());
        });
        assertThat(ledger.counts()).isEqualTo(new Ledger.Counts(0, 0, 12, 4, 6, 6));
        assertThat(stepped).isEqualTo(12);
    }

    @Test
    void withoutAVerifierTheOrderIsTheIds() {
        List<Scored> ranked = run(3, 2, Optional.empty());
        assertThat(ids(ranked)).containsExactly(0, 1, 2);
        assertThat(ranked).allSatisfy(scored -> assertThat(scored.score()).isEmpty());
        assertThat(ledger.counts()).isEqualTo(new Ledger.Counts(0, 0, 6, 4, 3, 0));
    }

    @Test
    void halvesTheBatchForGoodWhenMemoryRunsOut() {
        List<Scored> ranked = run(8, 8, verifier(2, 1, 2, 3, 4, 5, 6, 7, 8));
        assertThat(ids(ranked)).containsExactly(7, 6, 5, 4, 3, 2, 1, 0);
        assertThat(shrunk).containsExactly(4, 2);
        assertThat(finished).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        // What was thrown away was paid for: 8 and 4 rows, then four times 2.
        assertThat(ledger.counts().forwards()).isEqualTo((8 + 4 + 8) * STEPS);
        assertThat(ledger.counts().batches()).isEqualTo((1 + 1 + 4) * STEPS);
    }

    @Test
    void failsWhenOneCandidateDoesNotFit() {
        assertThatExceptionOfType(DeviceMemoryException.class).isThrownBy(() -> run(3, 3, verifier(0)));
        assertThat(shrunk).containsExactly(1);
        assertThat(finished).isEmpty();
    }

    @Test
    void aListenerCanEndIt() {
        Sampler sampler = new Sampler(transformer, vae, Optional.empty(), ledger);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> new BestOfN(sampler, SHAPE, Device.CPU, DType.F32)
                        .run(
                                List.of(Candidate.root(0, 1), Candidate.root(1, 2)),
                                conditioning,
                                BatchSize.of(1),
                                new RunListener() {
                                    @Override
                                    public void stepped(long forwards) {}

                                    @Override
                                    public void finished(Scored scored, Tensor image) {
                                        throw new IllegalStateException("enough");
                                    }

                                    @Override
                                    public void smallerBatch(int rows) {}
                                }))
                .withMessage("enough");
        assertThat(ledger.counts().decodes()).isEqualTo(1);
    }
}
