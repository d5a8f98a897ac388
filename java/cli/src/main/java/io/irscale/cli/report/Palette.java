package io.irscale.cli.report;

import java.awt.Color;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Colours of the charts. In the page each is a variable of its style sheet, so that it differs by night. */
final class Palette {
    static final Color INK = new Color(0x1f2328);
    static final Color FAINT = new Color(0xd0d7de);
    static final Color PAPER = new Color(0xfefffe);

    // Okabe and Ito's first, which colour-blind people tell apart.
    private static final List<Color> SERIES = List.of(
            new Color(0x0072b2),
            new Color(0xd55e00),
            new Color(0x009e73),
            new Color(0xcc79a7),
            new Color(0xe69f00),
            new Color(0x56b4e9),
            new Color(0x7a5195),
            new Color(0x8c8c8c),
            new Color(0x8c4a00),
            new Color(0x00a0a0),
            new Color(0x6b7a00),
            new Color(0xc2185b));

    /** How many strategies have a colour of their own. */
    static final int SIZE = SERIES.size();

    private Palette() {}

    /** The colour of the i-th strategy. */
    static Color series(int i) {
        return SERIES.get(i % SIZE);
    }

    /** Colours as SVG writes them, and the variables that take their place. */
    static Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put(text(INK), "var(--ink)");
        variables.put(text(FAINT), "var(--faint)");
        variables.put(text(PAPER), "var(--card)");
        IntStream.range(0, SIZE).forEach(i -> variables.put(text(SERIES.get(i)), "var(--c" + i + ")"));
        return variables;
    }

    private static String text(Color color) {
        return "rgb(%d,%d,%d)".formatted(color.getRed(), color.getGreen(), color.getBlue());
    }
}
