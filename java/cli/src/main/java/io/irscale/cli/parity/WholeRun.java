package io.irscale.cli.parity;

import io.irscale.decode.Image;
import io.irscale.decode.Vae;
import io.irscale.denoise.Euler;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.latent.Noise;
import io.irscale.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A run of our own, from the manifest alone, with all images in one batch. */
record WholeRun(Setup setup, Checks checks) {
    void run() {
        checks.attempt(setup.file().name(), "image", this::denoise);
        checks.attempt(setup.file().name(), "image_u8", this::bytesOfGoldenImage);
    }

    private void denoise() {
        try (Scope scope = new Scope()) {
            List<Plan> plans = setup.plans(
                    scope,
                    Prompts.encode(
                            scope,
                            setup.pipeline(),
                            setup.manifest(),
                            setup.manifest().prompts()));
            List<Plan> negatives = setup.negatives(scope);
            Tensor img = scope.own(setup.noise());
            for (int step = 0; step < setup.schedule().steps(); step++) {
                try (Tensor velocity = setup.velocity(img, rows(plans, negatives, step))) {
                    Euler.step(img, velocity, setup.dsigma(step));
                }
                checks.compare(setup.golden("latents", step), "whole run", Tolerance.run(setup.dtype()), img);
            }
            Tensor latents = scope.own(Noise.unpack(img, setup.shape()));
            Tensor decoded = scope.own(setup.pipeline().vae().decode(latents));
            compare(scope.own(Vae.finish(decoded)));
        }
    }

    /** With classifier-free guidance, both halves of every image in one batch. */
    private List<Row> rows(List<Plan> plans, List<Plan> negatives, int step) {
        if (negatives.isEmpty()) {
            return setup.rows(plans, step);
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < plans.size(); i++) {
            rows.add(new Row(plans.get(i), step, negatives.get(i), setup.run().trueCfg()));
        }
        return rows;
    }

    private void compare(Tensor images) {
        checks.compare(setup.file().golden("image"), Tolerance.run(setup.dtype()), images);
        checks.compare(
                setup.file().golden("image_u8"), "whole run", Tolerance.pixels(setup.dtype()), bytes(images.floats()));
    }

    /** The looser comparison would let a byte be off by one; as bytes of the golden image they are exact. */
    private void bytesOfGoldenImage() {
        float[] images = setup.file().golden("image").floats();
        checks.compare(setup.file().golden("image_u8"), "of image", Tolerance.EXACT, bytes(images));
    }

    /** (N, 3, H, W) in [0, 1] to (N, H, W, 3) in [0, 255]. */
    private float[] bytes(float[] images) {
        int size = images.length / setup.images();
        float[] out = new float[images.length];
        for (int n = 0; n < setup.images(); n++) {
            float[] one = Arrays.copyOfRange(images, n * size, (n + 1) * size);
            byte[] rgb = new Image(setup.run().height(), setup.run().width(), one).rgb8();
            for (int i = 0; i < size; i++) {
                out[n * size + i] = Byte.toUnsignedInt(rgb[i]);
            }
        }
        return out;
    }
}
