package io.irscale.evaluate;

import io.irscale.data.ImageFiles;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Device;
import io.irscale.verify.EmbeddingVerifier;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * CLIP score: the mean cosine between CLIP's embeddings of images and of their prompts (Hessel et al. 2021, arXiv
 * 2104.08718, without its factor 2.5 and its cut at 0: on the scale of the verifiers). A SigLIP's is its mean probability
 * ({@link io.irscale.verify.SiglipVerifier}). A model that the search optimised
 * measures itself: give the score of an untouched one beside it.
 */
public final class ClipScore {
    private ClipScore() {}

    /**
     * The scores, one a file, whose mean it is.
     *
     * @param clip borrowed
     * @param device the one it was opened on
     * @param prompts one a file
     * @param batch most images at once, at least 1
     * @throws InvalidInputException if there are not as many prompts as files, or a score is not finite
     */
    public static RowMean of(EmbeddingVerifier clip, Device device, ImageFiles files, List<String> prompts, int batch) {
        return of(clip, device, files, prompts, batch, done -> {});
    }

    /**
     * The same.
     *
     * @param progress hears after each batch how many images are done
     * @throws InvalidInputException if there are not as many prompts as files, or a score is not finite
     */
    public static RowMean of(
            EmbeddingVerifier clip,
            Device device,
            ImageFiles files,
            List<String> prompts,
            int batch,
            IntConsumer progress) {
        if (files.count() != prompts.size()) {
            throw new InvalidInputException("CLIP score: %d images come with %d prompts, expected one an image"
                    .formatted(files.count(), prompts.size()));
        }
        double[] values = new double[prompts.size()];
        files.forEachBatch(batch, device, (images, first) -> {
            int rows = Math.toIntExact(images.size(0));
            float[] scores = clip.score(images, prompts.subList(first, first + rows));
            for (int i = 0; i < rows; i++) {
                values[first + i] = scores[i];
            }
            progress.accept(first + rows);
        });
        return new RowMean("CLIP score", values);
    }
}
