package io.irscale.report;

import java.awt.Font;
import java.awt.font.FontRenderContext;

/** Whether Java can write on charts. */
public final class Fonts {
    /** What helps where it cannot. */
    public static final String REMEDY =
            "install fontconfig and a font, such as the packages fontconfig and fonts-dejavu-core";

    private Fonts() {}

    /** Without fontconfig or without a single font, Java's text drawing throws errors that name neither. */
    public static boolean available() {
        try {
            new Font(Font.SANS_SERIF, Font.PLAIN, 12)
                    .createGlyphVector(new FontRenderContext(null, true, true), "0")
                    .getVisualBounds();
            return true;
        } catch (RuntimeException | LinkageError | InternalError e) {
            return false;
        }
    }
}
