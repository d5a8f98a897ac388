package io.irscale.classify;

import io.irscale.decode.Vae;
import io.irscale.decode.VaeConfig;
import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeLoss;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.Parameters;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.text.ClipConfig;
import io.irscale.verify.ClipPreprocessing;
import java.nio.file.Path;

/** The network below a classifier's heads, of one of two architectures. Belongs to the thread that made it. */
public sealed interface Trunk extends AutoCloseable {
    /** Which of the two a {@code config.json} describes. */
    enum Kind {
        /** The encoder of an AutoencoderKL: convolutions, their last output meant over the picture. */
        CONVOLUTIONS("diffusion_pytorch_model"),
        /** The image tower of a CLIPModel: a vision transformer, its projection of unit length. */
        TRANSFORMER("model");

        private final String weights;

        Kind(String weights) {
            this.weights = weights;
        }

        /** Its weights' file, without the ending. */
        public String weights() {
            return weights;
        }

        /**
         * Of a model's folder.
         *
         * @throws InvalidInputException if it is of neither
         */
        public static Kind of(Path folder) {
            JsonConfig config = JsonConfig.read(folder.resolve("config.json"));
            if (config.text("_class_name", "").equals("AutoencoderKL")) {
                return CONVOLUTIONS;
            }
            if (config.has("vision_config")) {
                return TRANSFORMER;
            }
            throw new InvalidInputException(
                    folder + ": describes no network of a classifier, expected an AutoencoderKL or a CLIPModel");
        }

        private ClipPreprocessing preprocessing(Path folder) {
            JsonConfig config = JsonConfig.read(folder.resolve("config.json"));
            return ClipPreprocessing.read(
                    folder,
                    switch (this) {
                        case CONVOLUTIONS -> config.size("sample_size");
                        case TRANSFORMER -> config.child("vision_config").size("image_size");
                    });
        }
    }

    /**
     * Loads the weights of a folder.
     *
     * @throws InvalidInputException if files, names, shapes or values are wrong
     */
    static Trunk open(Path folder, Device device, DType dtype) {
        Kind kind = Kind.of(folder);
        ClipPreprocessing preprocessing = kind.preprocessing(folder);
        return switch (kind) {
            case CONVOLUTIONS -> new Convolutions(Vae.open(folder, device, dtype), preprocessing);
            case TRANSFORMER -> new Transformer(Clip.open(folder, device, dtype), preprocessing);
        };
    }

    /** The network of a folder's configuration over trainable weights, which must outlive it. */
    static Trunk of(Path folder, Parameters weights) {
        JsonConfig config = JsonConfig.read(folder.resolve("config.json"));
        Kind kind = Kind.of(folder);
        ClipPreprocessing preprocessing = kind.preprocessing(folder);
        return switch (kind) {
            case CONVOLUTIONS -> new Convolutions(Vae.of(VaeConfig.of(config), weights), preprocessing);
            case TRANSFORMER -> new Transformer(Clip.of(ClipConfig.of(config), weights), preprocessing);
        };
    }

    /** Images (N, 3, H, W) in [0, 1] to features (N, {@link #width}) in F32. */
    Tensor features(Tensor images);

    /** How many features. */
    int width();

    @Override
    void close();

    /** See {@link Kind#CONVOLUTIONS}. */
    record Convolutions(Vae vae, ClipPreprocessing preprocessing) implements Trunk {
        @Override
        public Tensor features(Tensor images) {
            try (Tensor pixels = preprocessing.apply(images);
                    Vae.Encoded encoded = vae.encode(pixels)) {
                return Tensor.create(out -> NativeLoss.pool(out, encoded.mean().handle()));
            }
        }

        @Override
        public int width() {
            return vae.config().latentChannels();
        }

        @Override
        public void close() {
            vae.close();
        }
    }

    /** See {@link Kind#TRANSFORMER}. */
    record Transformer(Clip clip, ClipPreprocessing preprocessing) implements Trunk {
        @Override
        public Tensor features(Tensor images) {
            try (Tensor pixels = preprocessing.apply(images)) {
                return clip.embedImage(pixels);
            }
        }

        @Override
        public int width() {
            return clip.config().projection();
        }

        @Override
        public void close() {
            clip.close();
        }
    }
}
