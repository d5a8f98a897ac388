package io.irscale.train;

import io.irscale.data.Frames;
import io.irscale.data.image.Scaling;
import io.irscale.data.layout.Datasets;
import io.irscale.report.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Frames of bright discs on a gradient, and a configuration of an autoencoder that is small enough for them. */
final class SmallFrames {
    static final int EDGE = 24;

    private SmallFrames() {}

    /** Writes them as PNGs and reads them back as a dataset. */
    static Frames write(Path folder, int count) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < count; i++) {
            byte[] grey = new byte[EDGE * EDGE];
            for (int y = 0; y < EDGE; y++) {
                for (int x = 0; x < EDGE; x++) {
                    boolean disc = Math.hypot(x - 4 - 3 * i, y - 12) < 4;
                    grey[y * EDGE + x] = (byte) (disc ? 230 : 40 + 2 * x + y);
                }
            }
            Png.writeGrey8(folder.resolve("frame-%d.png".formatted(i)), EDGE, EDGE, grey, Map.of());
        }
        return Frames.read(Datasets.open(folder), Scaling.pictures(), _ -> {});
    }

    /** A {@code config.json} of an AutoencoderKL. */
    static Path config(Path folder) throws IOException {
        return Files.writeString(folder.resolve("vae.json"), """
                {"_class_name": "AutoencoderKL", "act_fn": "silu", "block_out_channels": [8, 16],
                 "in_channels": 3, "out_channels": 3, "latent_channels": 4, "layers_per_block": 1,
                 "norm_num_groups": 4, "mid_block_add_attention": true, "use_quant_conv": false,
                 "use_post_quant_conv": false, "scaling_factor": 1.0, "shift_factor": 0.0}
                """);
    }
}
