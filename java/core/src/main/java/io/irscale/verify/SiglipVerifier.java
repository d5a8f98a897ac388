package io.irscale.verify;

import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.Siglip;
import io.irscale.text.SiglipTokenizer;
import java.nio.file.Path;
import java.util.List;

/**
 * The probability in [0, 1] that a SigLIP gives an image and its prompt of belonging together, the sigmoid of its logit.
 * For one prompt it ranks images as the cosine does. Beside other verifiers, whose scores have other ranges, it takes a
 * weight of its own or an ensemble of ranks.
 */
public final class SiglipVerifier extends EmbeddingVerifier {
    private final Siglip siglip;
    private final SiglipTokenizer tokenizer;
    private final Preprocessing preprocessing;

    private SiglipVerifier(Siglip siglip, Preprocessing preprocessing, SiglipTokenizer tokenizer) {
        this.siglip = siglip;
        this.preprocessing = preprocessing;
        this.tokenizer = tokenizer;
    }

    /**
     * Loads a SigLIP or SigLIP 2 of transformers, with its own preprocessing of texts and images.
     *
     * @param folder {@code config.json}, {@code model*.safetensors}, perhaps {@code preprocessor_config.json}, and what
     *     {@link SiglipTokenizer#open} takes
     * @param dtype F32 or BF16
     * @throws io.irscale.error.InvalidInputException if files, names, shapes or values are wrong
     */
    public static SiglipVerifier open(Path folder, Device device, DType dtype) {
        Siglip siglip = Siglip.open(folder, device, dtype);
        try {
            Preprocessing preprocessing = SiglipPreprocessing.read(folder, siglip.config());
            return new SiglipVerifier(siglip, preprocessing, SiglipTokenizer.open(folder));
        } catch (RuntimeException e) {
            siglip.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "siglip";
    }

    @Override
    public Preprocessing preprocessing() {
        return preprocessing;
    }

    @Override
    public int width() {
        return siglip.config().projection();
    }

    @Override
    Tensor embedPixels(Tensor pixels) {
        return siglip.embedImage(pixels);
    }

    @Override
    Tensor embedPrompt(String prompt) {
        return siglip.embedText(List.of(tokenizer.encode(prompt, siglip.config().tokens())));
    }

    @Override
    Tensor compare(Tensor images, Tensor texts) {
        return siglip.probabilities(images, texts);
    }

    @Override
    void closeModel() {
        siglip.close();
        tokenizer.close();
    }
}
