package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.decode.Vae;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;

/** Real images through the encoder, and their golden latents through the decoder. */
record VaeStage() implements Stage {
    @Override
    public String name() {
        return "vae";
    }

    @Override
    public void run(Pipeline pipeline, GoldenFolder goldens, Checks checks) {
        GoldenFile file = goldens.file(name());
        Device device = pipeline.options().device();
        checks.attempt(name(), "image", () -> {
            // An input: it shows in the moments.
            try (Tensor image = file.golden("image").used().tensor(device, DType.F32);
                    Vae.Encoded encoded = pipeline.vae().encode(image)) {
                checks.compare(file.golden("moments.mean"), Tolerance.STAGE, encoded.mean());
                checks.compare(file.golden("moments.logvar"), Tolerance.STAGE, encoded.logvar());
                checks.compare(file.golden("latent"), Tolerance.STAGE, encoded.latents());
            }
        });
        checks.attempt(name(), "decoded", () -> {
            try (Tensor latent = file.golden("latent").tensor(device, DType.F32);
                    Tensor decoded = pipeline.vae().decode(latent)) {
                checks.compare(file.golden("decoded"), Tolerance.STAGE, decoded);
            }
        });
    }
}
