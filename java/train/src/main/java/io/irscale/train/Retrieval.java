package io.irscale.train;

import java.util.List;

/**
 * How often the caption that an image is closest to is its own, or one equal to it.
 *
 * @param recallAt1 of the images
 * @param recallAt5 whether one of the five closest is
 * @param hard how often an image is closer to its own caption than to a hard negative of it
 */
public record Retrieval(double recallAt1, double recallAt5, double hard) {
    /**
     * Of cosines.
     *
     * @param cosines (N, M) between images and the distinct captions
     * @param own each image's caption
     * @param captions the M distinct ones
     * @param negatives cosines of each image to its hard negative, N
     */
    static Retrieval of(float[] cosines, List<String> own, List<String> captions, float[] negatives) {
        int n = own.size();
        int m = captions.size();
        int first = 0;
        int five = 0;
        int hard = 0;
        for (int i = 0; i < n; i++) {
            float mine = cosines[i * m + captions.indexOf(own.get(i))];
            int closer = 0;
            for (int j = 0; j < m; j++) {
                closer += cosines[i * m + j] > mine ? 1 : 0;
            }
            first += closer == 0 ? 1 : 0;
            five += closer < 5 ? 1 : 0;
            hard += mine > negatives[i] ? 1 : 0;
        }
        return new Retrieval((double) first / n, (double) five / n, (double) hard / n);
    }
}
