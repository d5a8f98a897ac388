package io.irscale.data.image;

import io.irscale.decode.CountRange;
import io.irscale.decode.Image;
import io.irscale.error.InvalidInputException;
import java.util.Optional;

/**
 * How samples of image files become values in [0, 1]. One scaling holds for all images of a data set, and is kept with the
 * models that are trained on it. Pictures of at most 8 bits always count from 0 to their largest value, and images that
 * state their own range by that; a scaling says what becomes of the others. Immutable.
 */
public sealed interface Scaling {
    /** Samples over the largest value of their type; floats as they are. */
    static Scaling pictures() {
        return new Pictures();
    }

    /**
     * Reads an image: grey in all three channels where it is grey.
     *
     * @throws InvalidInputException if it cannot be read, or its samples need a range and this scaling has none
     */
    Image read(ImageSource source);

    /** The text that {@link #parse} reads back: {@code pictures}, {@code 7000..9000} or {@code frame:1,99}. */
    @Override
    String toString();

    /**
     * Reads a scaling as models keep it.
     *
     * @throws InvalidInputException if it is of none of the forms
     */
    static Scaling parse(String text) {
        if (text.equals(Pictures.NAME)) {
            return pictures();
        }
        return switch (RangeChoice.parse(text)) {
            case RangeChoice.Fixed fixed -> new Fixed(fixed.range());
            case RangeChoice.PerFrame frame -> new PerFrame(frame.percentiles());
            case RangeChoice.OfAll all ->
                throw new InvalidInputException("range %s: expected the counts that it came to".formatted(all));
        };
    }

    /** What a user would choose to have it. */
    Optional<RangeChoice> choice();

    /** The counts that black and white stand for, if they are the same in all images. */
    default Optional<CountRange> range() {
        return Optional.empty();
    }

    /** See {@link Scaling#pictures}. */
    record Pictures() implements Scaling {
        private static final String NAME = "pictures";

        @Override
        public Image read(ImageSource source) {
            RawImage picture = ImageFile.picture(source);
            CountRange range = picture.ownRange().orElseThrow(() -> refused(picture));
            if (picture.type().kind() == SampleType.Kind.FLOAT && !picture.within(range)) {
                throw refused(picture);
            }
            return picture.scaled(range);
        }

        @Override
        public Optional<RangeChoice> choice() {
            return Optional.empty();
        }

        private static InvalidInputException refused(RawImage picture) {
            return new InvalidInputException("%s: holds %s, %s: give the range that is black to white, --range MIN..MAX"
                    .formatted(picture.source(), picture.type(), picture.extent()));
        }

        @Override
        public String toString() {
            return NAME;
        }
    }

    /**
     * The same counts in all images.
     *
     * @param counts black and white
     */
    record Fixed(CountRange counts) implements Scaling {
        @Override
        public Image read(ImageSource source) {
            RawImage image = ImageFile.counts(source);
            return image.scaled(image.needsRange() ? counts : image.ownRange().orElse(counts));
        }

        @Override
        public Optional<RangeChoice> choice() {
            return Optional.of(new RangeChoice.Fixed(counts));
        }

        @Override
        public Optional<CountRange> range() {
            return Optional.of(counts);
        }

        @Override
        public String toString() {
            return counts.toString();
        }
    }

    /**
     * Percentiles of each image by itself, as cameras' automatic gain does: what is warm in one is not in another.
     *
     * @param percentiles black and white
     */
    record PerFrame(Percentiles percentiles) implements Scaling {
        @Override
        public Image read(ImageSource source) {
            RawImage image = ImageFile.counts(source);
            if (!image.needsRange()) {
                return image.scaled(image.ownRange().orElseThrow());
            }
            Extent extent = image.extent();
            return image.scaled(
                    extent.isFlat()
                            ? new CountRange(extent.min(), extent.min() + 1)
                            : percentiles.of(source.toString(), image.samples().clone()));
        }

        @Override
        public Optional<RangeChoice> choice() {
            return Optional.of(new RangeChoice.PerFrame(percentiles));
        }

        @Override
        public String toString() {
            return "frame:" + percentiles;
        }
    }
}
