package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import io.irscale.feature.AestheticHead;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

/** How an image pleases, about 1 to 10, by a head on a CLIP's image embedding; prompts do not matter. */
public final class AestheticVerifier implements Verifier {
    private final EmbeddingVerifier model;
    private final AestheticHead head;

    private AestheticVerifier(EmbeddingVerifier model, AestheticHead head) {
        this.model = model;
        this.head = head;
    }

    /**
     * Loads the head.
     *
     * @param model that embeds the images, on {@code device}; closed with this, or if opening it fails
     * @param file as {@link AestheticHead#open} takes it
     * @throws InvalidInputException if the file is no such head, or one for embeddings of another width
     */
    public static AestheticVerifier open(EmbeddingVerifier model, Path file, Device device) {
        try {
            AestheticHead head = AestheticHead.open(file, device);
            if (head.width() != model.width()) {
                head.close();
                throw new InvalidInputException(
                        "%s: is a head for embeddings of %d values, and those of the %s have %d; take the one that it"
                                        .formatted(file, head.width(), model.name(), model.width())
                                + " was trained on (LAION's: clip-vit-large-patch14)");
            }
            return new AestheticVerifier(model, head);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "aesthetic";
    }

    /** What an image goes through before the model that embeds it. */
    public Preprocessing preprocessing() {
        return model.preprocessing();
    }

    @Override
    public float[] score(Tensor images, List<String> prompts) {
        try (Tensor embeddings = model.embedImages(images);
                Tensor scores = head.score(embeddings)) {
            return scores.floats();
        }
    }

    @Override
    public void close() {
        head.close();
        model.close();
    }
}
