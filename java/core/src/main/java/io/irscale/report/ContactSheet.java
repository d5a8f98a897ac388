package io.irscale.report;

import io.irscale.error.InvalidInputException;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Draws candidates side by side into one PNG: a title, and a grid of pictures with captions, in the order given, row by
 * row, the best outlined. It needs neither a display nor fonts on the machine.
 */
public final class ContactSheet {
    /** How many pictures one sheet shows; the title tells of those left out. */
    public static final int MOST = 100;

    static final int THUMB = 256;
    private static final int MARGIN = 32;
    private static final int GAP = 20;
    private static final int TITLE = 20;
    private static final int TOP = MARGIN + TITLE + GAP;
    private static final int CAPTION = 13;
    private static final int LINE = 18;
    private static final int ABOVE_CAPTION = 8;
    private static final Color BACKGROUND = new Color(0x15181D);
    private static final Color BRIGHT = new Color(0xE8EAED);
    private static final Color DIM = new Color(0x9AA3AE);
    private static final Color ACCENT = new Color(0xF4B740);

    private ContactSheet() {}

    /**
     * Draws and writes one sheet.
     *
     * @param file the PNG, replaced if there
     * @param title one line, cut where too long
     * @param cells in the order to show; the first {@link #MOST} are shown
     * @param texts the PNG's texts, see {@link Png}
     * @throws InvalidInputException if the file cannot be written, or a text's key is not allowed
     */
    public static void write(Path file, String title, List<SheetCell> cells, Map<String, String> texts) {
        List<SheetCell> shown = cells.subList(0, Math.min(MOST, cells.size()));
        String heading =
                shown.size() == cells.size() ? title : title + " (first " + shown.size() + " of " + cells.size() + ")";
        BufferedImage sheet = draw(heading, shown);
        int[] pixels = sheet.getRGB(0, 0, sheet.getWidth(), sheet.getHeight(), null, 0, sheet.getWidth());
        byte[] rgb = new byte[3 * pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            rgb[3 * i] = (byte) (pixels[i] >> 16);
            rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
            rgb[3 * i + 2] = (byte) pixels[i];
        }
        Png.writeRgb8(file, sheet.getWidth(), sheet.getHeight(), rgb, texts);
    }

    private static BufferedImage draw(String heading, List<SheetCell> cells) {
        List<BufferedImage> thumbs = cells.stream().map(SheetCell::picture).toList();
        int lines =
                cells.stream().mapToInt(cell -> cell.captions().size()).max().orElse(0);
        int boxWidth = thumbs.stream().mapToInt(BufferedImage::getWidth).max().orElse(THUMB);
        int boxHeight = thumbs.stream().mapToInt(BufferedImage::getHeight).max().orElse(THUMB);
        int columns = columns(cells.size(), (double) boxHeight / boxWidth);
        int rows = Math.ceilDiv(cells.size(), columns);
        int cellHeight = boxHeight + (lines == 0 ? 0 : ABOVE_CAPTION + lines * LINE);
        int width = 2 * MARGIN + columns * (boxWidth + GAP) - GAP;
        int height = TOP + rows * (cellHeight + GAP) - GAP + MARGIN;
        BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        try (SheetFont font = new SheetFont()) {
            graphics.setColor(BACKGROUND);
            graphics.fillRect(0, 0, width, height);
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setColor(BRIGHT);
            graphics.fill(font.outline(heading, TITLE, MARGIN, MARGIN + TITLE * 0.75, width - 2 * MARGIN));
            for (int i = 0; i < cells.size(); i++) {
                int x = MARGIN + i % columns * (boxWidth + GAP);
                int y = TOP + i / columns * (cellHeight + GAP);
                SheetCell cell = cells.get(i);
                BufferedImage thumb = thumbs.get(i);
                int left = x + (boxWidth - thumb.getWidth()) / 2;
                int top = y + (boxHeight - thumb.getHeight()) / 2;
                drawPicture(graphics, thumb, left, top, cell.best());
                drawCaptions(graphics, font, cell, x, y + boxHeight + ABOVE_CAPTION, boxWidth);
            }
        } finally {
            graphics.dispose();
        }
        return sheet;
    }

    /** A row of up to four; beyond that about as wide as high. */
    private static int columns(int cells, double heightByWidth) {
        return Math.max(Math.clamp(cells, 1, 4), (int) Math.ceil(Math.sqrt(cells * heightByWidth)));
    }

    private static void drawPicture(Graphics2D graphics, BufferedImage thumb, int left, int top, boolean best) {
        graphics.drawImage(thumb, left, top, null);
        if (best) {
            graphics.setColor(ACCENT);
            graphics.setStroke(new BasicStroke(3f));
            graphics.draw(
                    new Rectangle2D.Double(left - 3.5, top - 3.5, thumb.getWidth() + 7.0, thumb.getHeight() + 7.0));
        }
    }

    private static void drawCaptions(Graphics2D graphics, SheetFont font, SheetCell cell, int x, int y, int width) {
        for (int line = 0; line < cell.captions().size(); line++) {
            Color first = cell.best() ? ACCENT : BRIGHT;
            graphics.setColor(line == 0 ? first : DIM);
            String text = cell.captions().get(line);
            graphics.fill(font.outline(text, CAPTION, x, (double) y + line * LINE + CAPTION, width));
        }
    }
}
