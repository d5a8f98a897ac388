package io.irscale.cli.evaluate;

import io.irscale.evaluate.Features;
import io.irscale.evaluate.Groups;
import io.irscale.evaluate.ReferenceSet;
import java.util.List;
import java.util.Optional;

/**
 * What one encoder made of all images.
 *
 * @param spec the encoder
 * @param reference of the real images
 * @param kept whether that was read, not computed
 * @param referenceGroups of the real images; empty where their features are not known
 * @param arms of the generated ones, in their order
 */
record Encoded(
        EncoderSpec spec,
        ReferenceSet reference,
        boolean kept,
        Optional<Groups> referenceGroups,
        List<Features> arms) {}
