package io.irscale.cli.evaluate;

import io.irscale.evaluate.Features;
import io.irscale.evaluate.Groups;
import io.irscale.evaluate.ReferenceStatistics;
import java.util.List;

/**
 * What one encoder made of all images.
 *
 * @param spec the encoder
 * @param reference of the real images
 * @param kept whether that was read, not computed
 * @param referenceGroups of the real images
 * @param arms of the generated ones, in their order
 */
record Encoded(
        EncoderSpec spec, ReferenceStatistics reference, boolean kept, Groups referenceGroups, List<Features> arms) {}
