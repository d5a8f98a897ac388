package io.irscale.cli;

import io.irscale.decode.CountRange;
import io.irscale.decode.Image;
import io.irscale.report.Png;
import io.irscale.report.SheetCell;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a pixel of the PNG files is. */
public enum PixelFormat {
    /** 8-bit colour. */
    RGB8,
    /** 8-bit luma. */
    GREY8,
    /** 16-bit luma: what the decoder's floats hold beyond 8 bits, in counts where their range is known. */
    GREY16;

    private static final int LEGIBLE = 192;
    private static final CountRange FULL = new CountRange(0, 65535);

    /**
     * Writes an image, atomically.
     *
     * @param range counts that its black and white stand for; 16-bit images hold them if they are whole numbers of 16 bits
     */
    public void write(Path file, Image image, Optional<CountRange> range, Map<String, String> texts) {
        Map<String, String> all = new LinkedHashMap<>(texts);
        range.ifPresent(counts -> all.put("range", counts.toString()));
        switch (this) {
            case RGB8 -> Png.writeRgb8(file, image.width(), image.height(), image.rgb8(), all);
            case GREY8 -> Png.writeGrey8(file, image.width(), image.height(), image.grey8(), all);
            case GREY16 -> {
                Optional<CountRange> counts = range.filter(CountRange::isOfCounts);
                all.put(CountRange.KEY, counts.orElse(FULL).toString());
                short[] grey = counts.map(image::counts16).orElseGet(image::grey16);
                Png.writeGrey16(file, image.width(), image.height(), grey, all);
            }
        }
    }

    /** The image as a cell of a contact sheet, small and without captions yet. */
    SheetCell cell(Image image) {
        Image shown = legible(image);
        return this == RGB8
                ? SheetCell.rgb8(shown.width(), shown.height(), shown.rgb8(), List.of(), false)
                : SheetCell.grey8(shown.width(), shown.height(), shown.grey8(), List.of(), false);
    }

    // The tiny images of test models leave no room for captions: each pixel becomes a square.
    private static Image legible(Image image) {
        int scale = Math.max(1, LEGIBLE / Math.max(image.width(), image.height()));
        if (scale == 1) {
            return image;
        }
        int height = image.height() * scale;
        int width = image.width() * scale;
        float[] values = new float[3 * height * width];
        for (int i = 0; i < values.length; i++) {
            int row = i / width / scale; // of all three planes
            values[i] = image.values()[row * image.width() + i % width / scale];
        }
        return new Image(height, width, values);
    }

    /** As the option spells it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
