package io.irscale.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.decode.Vae;
import io.irscale.decode.VaeConfig;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Reconstruction and divergence of a small autoencoder of initial weights. */
@ExtendWith(NoLeaks.class)
class VaeGradientTest {
    private static final VaeConfig CONFIG = new VaeConfig(3, 3, 4, List.of(8, 16), 1, 4, true, true, true, 0.7, 0.1);
    private static final int SIZE = 8;

    @Test
    void gradientsAreTheSlopesOfTheLoss() {
        TorchLibraries.open(Optional.empty());
        RandomGenerator random = new SplittableRandom(3);
        try (Parameters parameters = Parameters.of(List.of(), 5, Device.CPU, DType.F32);
                Vae vae = Vae.of(CONFIG, parameters);
                Tensor images = Tensor.of(Slopes.normal(random, 2 * 3 * SIZE * SIZE, 0.5), 2, 3, SIZE, SIZE);
                Tensor noise = Tensor.of(Slopes.normal(random, 2 * 4 * SIZE * SIZE / 4, 1), 2, 4, SIZE / 2, SIZE / 2);
                Tensor weight = Tensor.of(weights(), 2, 1, SIZE, SIZE);
                Slopes slopes = new Slopes(parameters, () -> loss(vae, images, noise, weight))) {
            double all = slopes.error(_ -> true, true, random);
            double worst = 0;
            for (String part : List.of("encoder.", "decoder.", "quant_conv.", "post_quant_conv.")) {
                worst = Math.max(worst, slopes.error(name -> name.startsWith(part), true, random));
            }
            System.out.printf("slope off by %.1e over all weights, at most %.1e in a part%n", all, worst);
            assertThat(all).isLessThan(1e-2);
            assertThat(worst).isLessThan(1e-2);
        }
    }

    private static Loss loss(Vae vae, Tensor images, Tensor noise, Tensor weight) {
        try (Vae.Encoded encoded = vae.encode(images);
                Tensor latents = Loss.sample(vae, encoded.mean(), encoded.logvar(), noise);
                Tensor decoded = vae.decode(latents);
                Loss reconstruction =
                        Loss.reconstruction(decoded, images, weight, new Loss.Reconstruction(1, 0.5f, 0.3f));
                Loss kl = Loss.kl(encoded.mean(), encoded.logvar())) {
            return Loss.sum(List.of(reconstruction, kl), 1, 0.5f);
        }
    }

    private static float[] weights() {
        float[] weights = new float[2 * SIZE * SIZE];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % 5 == 0 ? 4 : 1;
        }
        return weights;
    }
}
