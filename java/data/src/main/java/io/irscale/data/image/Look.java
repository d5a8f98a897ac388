package io.irscale.data.image;

import java.util.Optional;

/**
 * What a look at a file tells.
 *
 * @param type what its samples are
 * @param width pixels
 * @param height pixels
 * @param carriesCounts whether it is a JPEG with counts beside its picture
 * @param image empty where it was not decoded
 */
record Look(SampleType type, int width, int height, boolean carriesCounts, Optional<RawImage> image) {
    static Look at(RawImage image, boolean carriesCounts) {
        return new Look(image.type(), image.width(), image.height(), carriesCounts, Optional.of(image));
    }

    /** Of a picture of 8 bits that was not decoded. */
    static Look atHead(int width, int height, boolean carriesCounts) {
        return new Look(new SampleType(SampleType.Kind.UNSIGNED, 8), width, height, carriesCounts, Optional.empty());
    }
}
