package io.irscale.cli;

import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.decode.VaeConfig;
import io.irscale.latent.LatentShape;
import io.irscale.tensor.JsonConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Refuses impossible image sizes before gigabytes of weights are read. The engine checks again, with all it knows. */
public final class SizeCheck {
    private SizeCheck() {}

    public static void check(EngineOptions options, List<GenerateRequest> requests) {
        Path config = options.files().vaePath().resolve("config.json");
        if (!Files.isRegularFile(config)) {
            return; // the original release's VAE has none
        }
        VaeConfig vae = VaeConfig.of(JsonConfig.read(config));
        for (GenerateRequest request : requests) {
            LatentShape.ofImage(request.height(), request.width(), vae.factor(), vae.latentChannels());
        }
    }
}
