package io.irscale.report;

import io.irscale.error.InternalException;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.GeneralPath;
import java.io.IOException;
import java.io.InputStream;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.GlyphData;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;

/**
 * Text as outlines, from the Liberation Sans that PDFBox carries. Java's own text drawing needs the system's fontconfig
 * and throws on a machine or in a container without; this draws the same everywhere.
 */
final class SheetFont implements AutoCloseable {
    private static final String RESOURCE = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";
    private static final String ELLIPSIS = "…";

    private final TrueTypeFont font;
    private final CmapLookup glyphs;
    private final double unit;

    SheetFont() {
        try (InputStream in = PDDocument.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new InternalException(RESOURCE + ": is not in this version of PDFBox");
            }
            font = new TTFParser().parse(new RandomAccessReadBuffer(in));
            glyphs = font.getUnicodeCmapLookup();
            unit = 1.0 / font.getUnitsPerEm();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * {@return one line of text to fill}
     *
     * @param text what the font lacks shows as a box
     * @param size pixels an em
     * @param x the left end
     * @param y the baseline
     * @param width cuts a longer text, with an ellipsis at its end
     */
    Shape outline(String text, double size, double x, double y, double width) {
        GeneralPath path = new GeneralPath();
        double pen = 0;
        try {
            for (int codePoint : fitting(text, width / size).codePoints().toArray()) {
                int glyph = glyphs.getGlyphId(codePoint);
                GlyphData outline = font.getGlyph().getGlyph(glyph);
                // A space has none.
                if (outline != null) {
                    path.append(outline.getPath().getPathIterator(AffineTransform.getTranslateInstance(pen, 0)), false);
                }
                pen += font.getAdvanceWidth(glyph);
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        AffineTransform place = AffineTransform.getTranslateInstance(x, y);
        place.scale(size * unit, -size * unit);
        return path.createTransformedShape(place);
    }

    private String fitting(String text, double ems) throws IOException {
        double room = ems - width(ELLIPSIS);
        double pen = 0;
        int end = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            pen += width(Character.toString(text.codePointAt(i)));
            if (pen <= room) {
                end = i + Character.charCount(text.codePointAt(i));
            } else if (pen > ems) {
                return text.substring(0, end) + ELLIPSIS;
            }
        }
        return text;
    }

    private double width(String character) throws IOException {
        return font.getAdvanceWidth(glyphs.getGlyphId(character.codePointAt(0))) * unit;
    }

    @Override
    public void close() {
        try {
            font.close();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static InternalException unreadable(IOException e) {
        return new InternalException(RESOURCE + ": cannot be read from PDFBox", e);
    }
}
