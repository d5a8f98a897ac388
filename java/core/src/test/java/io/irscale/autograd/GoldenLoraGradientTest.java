package io.irscale.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.irscale.GoldenTensors;
import io.irscale.denoise.FluxTransformer;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.StoredTensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loss and gradients of a LoRA on every layer against float64 autograd over diffusers and peft. */
@ExtendWith(NoLeaks.class)
class GoldenLoraGradientTest {
    private static final double ALPHA_BY_RANK = 2;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsAreThoseOfTheReference(boolean checkpointing) throws IOException {
        TorchLibraries.open(Optional.empty());
        try (FluxTransformer flux = FluxTransformer.open(
                        GoldenTensors.GOLDENS.resolve("dev/pipeline/transformer"), Device.CPU, DType.F32);
                Checkpoint file =
                        Checkpoint.open(GoldenTensors.GOLDENS.resolve("dev/lora-a/pytorch_lora_weights.safetensors"));
                Parameters factors = factors(file);
                TrainedFlux trained = new TrainedFlux(flux)) {
            float[][] losses = new float[1][];
            Map<String, float[]> gradients =
                    Gradients.of(factors, () -> losses[0] = trained.backward(checkpointing, factors, ALPHA_BY_RANK, 0));
            assertThat(losses[0]).containsExactly(trained.golden.floats("loss"), within(1e-5f));
            assertThat(gradients).hasSize(88);
            double worst = 0;
            for (Map.Entry<String, float[]> one : gradients.entrySet()) {
                worst = Math.max(worst, difference(one.getValue(), trained.golden.floats(one.getKey())));
            }
            System.out.printf("largest relative difference of a gradient from float64: %.1e%n", worst);
            assertThat(worst).isLessThan(1e-4);
        }
    }

    private static Parameters factors(Checkpoint file) {
        List<StoredTensor> tensors = file.tensors().values().stream()
                .map(tensor -> tensor.named(tensor.name().substring("transformer.".length())))
                .toList();
        return Parameters.of(tensors, 1, Device.CPU, DType.F32);
    }

    /** |a - b| / |b| */
    private static double difference(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        double error = 0;
        double norm = 0;
        for (int i = 0; i < b.length; i++) {
            error += Math.pow((double) a[i] - b[i], 2);
            norm += Math.pow(b[i], 2);
        }
        return Math.sqrt(error / norm);
    }
}
