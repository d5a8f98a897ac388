package io.irscale.report;

import java.awt.image.BufferedImage;
import java.util.List;

/** One picture of a {@link ContactSheet}, with what is written under it. */
public final class SheetCell {
    private final BufferedImage picture;
    private final List<String> captions;
    private final boolean best;

    private SheetCell(BufferedImage picture, List<String> captions, boolean best) {
        this.picture = Thumbnail.of(picture, ContactSheet.THUMB); // not kept whole: a sheet holds a hundred
        this.captions = List.copyOf(captions);
        this.best = best;
    }

    /**
     * A colour picture.
     *
     * @param width W
     * @param height H
     * @param rgb (H, W, 3), 8 bits each, R first; not kept
     * @param captions one entry a line
     * @param best whether to outline it
     * @return the cell
     */
    public static SheetCell rgb8(int width, int height, byte[] rgb, List<String> captions, boolean best) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            int pixel = ((rgb[3 * i] & 0xFF) << 16) | ((rgb[3 * i + 1] & 0xFF) << 8) | (rgb[3 * i + 2] & 0xFF);
            picture.setRGB(i % width, i / width, pixel);
        }
        return new SheetCell(picture, captions, best);
    }

    /**
     * A grey picture.
     *
     * @param width W
     * @param height H
     * @param grey (H, W), 8 bits each; not kept
     * @param captions one entry a line
     * @param best whether to outline it
     * @return the cell
     */
    public static SheetCell grey8(int width, int height, byte[] grey, List<String> captions, boolean best) {
        // Java takes a grey raster for linear light, and would draw it too bright.
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            picture.setRGB(i % width, i / width, (grey[i] & 0xFF) * 0x010101);
        }
        return new SheetCell(picture, captions, best);
    }

    /**
     * The same picture with other words, for what is known only when all pictures are.
     *
     * @param newCaptions one entry a line
     * @param newBest whether to outline it
     * @return the cell
     */
    public SheetCell with(List<String> newCaptions, boolean newBest) {
        return new SheetCell(picture, newCaptions, newBest);
    }

    /** At most {@link ContactSheet#THUMB} pixels an edge. */
    BufferedImage picture() {
        return picture;
    }

    List<String> captions() {
        return captions;
    }

    boolean best() {
        return best;
    }
}
