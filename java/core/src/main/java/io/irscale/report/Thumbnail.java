package io.irscale.report;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/** Makes a picture small without losing thin lines to aliasing. */
public final class Thumbnail {
    private Thumbnail() {}

    /** {@return the picture with its longer side at most {@code side}; the picture itself if it already fits} */
    public static BufferedImage of(BufferedImage picture, int side) {
        int longer = Math.max(picture.getWidth(), picture.getHeight());
        if (longer <= side) {
            return picture;
        }
        // Bilinear scaling looks at four pixels only, so it may halve at most.
        int next = Math.max(side, Math.ceilDiv(longer, 2));
        int width = Math.max(1, Math.round((float) picture.getWidth() * next / longer));
        int height = Math.max(1, Math.round((float) picture.getHeight() * next / longer));
        BufferedImage smaller = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = smaller.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(picture, 0, 0, width, height, null);
        graphics.dispose();
        return of(smaller, side);
    }
}
