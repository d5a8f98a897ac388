package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.Clip;
import io.irscale.text.ClipTokenizer;
import io.irscale.text.TokenIds;
import io.irscale.text.Tokenizers;
import io.irscale.verify.ClipPreprocessing;
import java.nio.file.Path;
import java.util.List;

/** The verifier's CLIP: preprocessing, both towers, logits. */
record ClipStage() implements Stage {
    @Override
    public String name() {
        return "clip";
    }

    @Override
    public void run(Pipeline pipeline, GoldenFolder goldens, Checks checks) {
        GoldenFile file = goldens.file(name());
        Device device = pipeline.options().device();
        Path folder = goldens.path("clip");
        try (Clip clip = Clip.open(folder, device, DType.F32)) {
            checks.attempt(name(), "images_u8", () -> preprocess(clip, folder, device, file, checks));
            checks.attempt(
                    name(), "text_ids", () -> embed(clip, tokens(clip, pipeline, goldens), device, file, checks));
        }
    }

    private static List<TokenIds> tokens(Clip clip, Pipeline pipeline, GoldenFolder goldens) {
        Path tokenizers = pipeline.options().files().tokenizers().orElse(goldens.path("pipeline"));
        try (ClipTokenizer tokenizer =
                ClipTokenizer.open(Tokenizers.find(tokenizers).clip())) {
            return goldens.manifest().captions().stream()
                    .map(caption -> tokenizer.encode(caption, clip.config().positions()))
                    .toList();
        }
    }

    private static void preprocess(Clip clip, Path folder, Device device, GoldenFile file, Checks checks) {
        ClipPreprocessing preprocessing =
                ClipPreprocessing.read(folder, clip.config().imageSize());
        // An input: it shows in the pixel values.
        try (Tensor images = planar(file.golden("images_u8").used(), device);
                Tensor pixels = preprocessing.apply(images)) {
            checks.compare(file.golden("pixel_values_tensor_path"), Tolerance.STAGE, pixels);
            checks.compare(file.golden("pixel_values"), Tolerance.PIL, pixels);
        }
    }

    private static void embed(Clip clip, List<TokenIds> ids, Device device, GoldenFile file, Checks checks) {
        checks.compare(file.golden("text_ids"), Tolerance.EXACT, Prompts.ids(ids));
        try (Tensor text = clip.embedText(ids);
                Tensor pixels = file.golden("pixel_values").tensor(device, DType.F32);
                Tensor image = clip.embedImage(pixels);
                Tensor cosines = Clip.cosine(image, text)) {
            checks.compare(file.golden("text_embeds"), Tolerance.STAGE, text);
            checks.compare(file.golden("image_embeds"), Tolerance.STAGE, image);
            float[] logits = cosines.floats();
            for (int i = 0; i < logits.length; i++) {
                logits[i] *= (float) clip.logitScale();
            }
            checks.compare(file.golden("logits_per_image"), Tolerance.STAGE, logits);
        }
    }

    /** (N, H, W, 3) bytes to (N, 3, H, W) in [0, 1]. */
    private static Tensor planar(Golden images, Device device) {
        long[] shape = images.shape();
        int plane = Math.toIntExact(shape[1] * shape[2]);
        float[] bytes = images.floats();
        float[] values = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            int image = i / (3 * plane);
            int pixel = i / 3 % plane;
            values[(image * 3 + i % 3) * plane + pixel] = bytes[i] / 255f;
        }
        try (Tensor host = Tensor.of(values, shape[0], 3, shape[1], shape[2])) {
            return host.to(device, DType.F32);
        }
    }
}
