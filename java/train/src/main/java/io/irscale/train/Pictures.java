package io.irscale.train;

import io.irscale.report.Png;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Draws rows of grey pictures into one, enlarged without smoothing. */
public final class Pictures {
    private static final int ENLARGED = 3;
    private static final int GAP = 2;

    private Pictures() {}

    /**
     * Writes a grid.
     *
     * @param rows each a tensor's values (N, 3, size, size) in [-1, 1], whose first channels are shown
     */
    public static void write(Path file, int size, List<float[]> rows) {
        int columns = rows.getFirst().length / (3 * size * size);
        int cell = size * ENLARGED + GAP;
        int width = columns * cell;
        int height = rows.size() * cell;
        byte[] grey = new byte[width * height];
        Arrays.fill(grey, (byte) 255);
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < columns; column++) {
                for (int y = 0; y < size * ENLARGED; y++) {
                    for (int x = 0; x < size * ENLARGED; x++) {
                        float value = rows.get(row)[3 * size * size * column + y / ENLARGED * size + x / ENLARGED];
                        grey[(row * cell + y) * width + column * cell + x] =
                                (byte) Math.round(Math.clamp((value + 1) / 2, 0f, 1f) * 255);
                    }
                }
            }
        }
        Png.writeGrey8(file, width, height, grey, Map.of());
    }
}
