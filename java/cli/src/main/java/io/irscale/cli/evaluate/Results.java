package io.irscale.cli.evaluate;

import io.irscale.text.ClipSource;
import java.util.List;

/**
 * All that was measured.
 *
 * @param encoders distances by features
 * @param clips CLIP scores
 */
record Results(List<OfEncoder> encoders, List<OfClip> clips) {
    /**
     * Distances by one encoder's features.
     *
     * @param encoded the features
     * @param rows the numbers
     */
    record OfEncoder(Encoded encoded, List<Row> rows) {}

    /**
     * Scores by one CLIP.
     *
     * @param name the user's
     * @param clip the model
     * @param row the number
     */
    record OfClip(String name, ClipSource clip, Row row) {}
}
