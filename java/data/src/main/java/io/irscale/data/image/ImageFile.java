package io.irscale.data.image;

import io.irscale.error.InvalidInputException;
import java.util.Optional;

/** Reads PNG, JPEG, TIFF and BMP files, by their first bytes and not by their names. */
public final class ImageFile {
    /** Samples in one image: a small file that claims to be huge must not take the memory. */
    private static final long LIMIT = 1L << 26;

    /** The kinds of files, by their signatures. */
    private enum Format {
        PNG,
        JPEG,
        TIFF,
        BMP
    }

    private ImageFile() {}

    /** Whether the first bytes are those of an image. */
    public static boolean isOne(byte[] head) {
        return known(head).isPresent();
    }

    /**
     * The picture in a file: of a radiometric JPEG, what the camera drew.
     *
     * @throws InvalidInputException if it is no such image, is damaged, or has more than 2^26 samples
     */
    public static RawImage picture(ImageSource source) {
        byte[] bytes = source.bytes();
        return picture(source, bytes, format(source, bytes));
    }

    /**
     * The counts in a file: of a radiometric JPEG, what the sensor measured; of any other, its samples.
     *
     * @throws InvalidInputException if it is no such image, is damaged, or has more than 2^26 samples
     */
    public static RawImage counts(ImageSource source) {
        byte[] bytes = source.bytes();
        Format format = format(source, bytes);
        return radiometric(source, bytes, format).orElseGet(() -> picture(source, bytes, format));
    }

    private static Optional<RawImage> radiometric(ImageSource source, byte[] bytes, Format format) {
        return format == Format.JPEG ? RadiometricJpeg.counts(source, bytes) : Optional.empty();
    }

    /**
     * What can be told of a file: of 8-bit PNG and JPEG without decoding them, unless {@code whole}.
     *
     * @param counts whether counts are looked for in JPEGs that carry them
     * @param whole whether all of it is decoded, so that damage shows
     * @throws InvalidInputException if it is no such image, or was decoded and is damaged
     */
    static Look look(ImageSource source, boolean counts, boolean whole) {
        byte[] bytes = source.bytes();
        Format format = format(source, bytes);
        boolean carriesCounts = format == Format.JPEG && RadiometricJpeg.carriesCounts(bytes);
        if (whole) {
            RawImage picture = picture(source, bytes, format);
            return Look.at(counts ? radiometric(source, bytes, format).orElse(picture) : picture, carriesCounts);
        }
        Optional<Look> head = counts && carriesCounts
                ? Optional.empty()
                : switch (format) {
                    case PNG -> PngHead.of(bytes);
                    case JPEG -> JpegSegments.of(bytes).look(carriesCounts);
                    case TIFF, BMP -> Optional.empty();
                };
        return head.orElseGet(() -> Look.at(
                (counts ? radiometric(source, bytes, format) : Optional.<RawImage>empty())
                        .orElseGet(() -> picture(source, bytes, format)),
                carriesCounts));
    }

    private static RawImage picture(ImageSource source, byte[] bytes, Format format) {
        return switch (format) {
            case PNG -> PictureDecoder.png(source, bytes);
            case JPEG -> PictureDecoder.jpeg(source, bytes);
            case BMP -> PictureDecoder.bmp(source, bytes);
            case TIFF -> TiffDecoder.decode(source, bytes);
        };
    }

    private static Format format(ImageSource source, byte[] bytes) {
        return known(bytes)
                .orElseThrow(() -> new InvalidInputException(source + ": is not a PNG, JPEG, TIFF or BMP image"));
    }

    private static Optional<Format> known(byte[] bytes) {
        if (starts(bytes, 0x89, 'P', 'N', 'G')) {
            return Optional.of(Format.PNG);
        }
        if (starts(bytes, 0xFF, 0xD8, 0xFF)) {
            return Optional.of(Format.JPEG);
        }
        if (starts(bytes, 'I', 'I', 42, 0)
                || starts(bytes, 'M', 'M', 0, 42)
                || starts(bytes, 'I', 'I', 43, 0)
                || starts(bytes, 'M', 'M', 0, 43)) {
            return Optional.of(Format.TIFF);
        }
        return starts(bytes, 'B', 'M') ? Optional.of(Format.BMP) : Optional.empty();
    }

    private static boolean starts(byte[] bytes, int... signature) {
        if (bytes.length < signature.length) {
            return false;
        }
        for (int i = 0; i < signature.length; i++) {
            if ((bytes[i] & 0xFF) != signature[i]) {
                return false;
            }
        }
        return true;
    }

    /** Passes sizes that may be decoded. */
    static void checkSize(ImageSource source, long width, long height, long channels) {
        if (width < 1 || height < 1 || channels < 1 || width * height > LIMIT / channels) {
            throw new InvalidInputException(
                    "%s: is %d x %d pixels of %d channels, expected 1 to %d samples; cut it in parts"
                            .formatted(source, width, height, channels, LIMIT));
        }
    }

    /** What a decoder said, without the names of classes. */
    static InvalidInputException unreadable(ImageSource source, Throwable cause) {
        return new InvalidInputException(source + ": cannot be read as an image: " + Reason.of(cause), cause);
    }
}
