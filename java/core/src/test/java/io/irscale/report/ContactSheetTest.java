package io.irscale.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContactSheetTest {
    private static final int ACCENT = 0xF4B740;
    private static final int LEFT = 32;
    private static final int TOP = 32 + 20 + 20;
    private static final int GAP = 20;

    @TempDir
    Path folder;

    @Test
    void sheetHoldsAGridOfThumbnails() {
        List<SheetCell> cells = Collections.nCopies(6, cell(512, 384, 200, List.of("a", "b"), false));
        PngImage sheet = sheet("title", cells);
        // Four columns of 256 x 192 in two rows, two lines under each.
        assertThat(sheet.width()).isEqualTo(2 * 32 + 4 * 256 + 3 * GAP);
        assertThat(sheet.height()).isEqualTo(TOP + 2 * (192 + 8 + 2 * 18) + GAP + 32);
        assertThat(count(sheet, 200 * 0x010101)).isGreaterThanOrEqualTo(6 * 256 * 192);
    }

    @Test
    void picturesStandInTheOrderGiven() {
        PngImage sheet = sheet("", List.of(cell(64, 64, 100, List.of(), false), cell(64, 64, 250, List.of(), false)));
        assertThat(pixel(sheet, LEFT + 10, TOP + 32)).isEqualTo(100 * 0x010101);
        assertThat(pixel(sheet, LEFT + 64 + GAP + 10, TOP + 32)).isEqualTo(250 * 0x010101);
    }

    @Test
    void colourKeepsItsChannels() {
        byte[] rgb = new byte[3 * 64 * 64];
        for (int i = 0; i < rgb.length; i += 3) {
            rgb[i] = (byte) 200;
            rgb[i + 1] = 100;
            rgb[i + 2] = 50;
        }
        PngImage sheet = sheet("", List.of(SheetCell.rgb8(64, 64, rgb, List.of(), false)));
        assertThat(count(sheet, 0xC86432)).isEqualTo(64 * 64);
    }

    @Test
    void captionAndTitleAreDrawn() {
        PngImage one = sheet("title", List.of(cell(256, 256, 0, List.of("score 0.2871"), false)));
        PngImage two = sheet("title", List.of(cell(256, 256, 0, List.of("score 0.2872"), false)));
        PngImage three = sheet("Title", List.of(cell(256, 256, 0, List.of("score 0.2871"), false)));
        assertThat(two.samples()).hasSameSizeAs(one.samples()).isNotEqualTo(one.samples());
        assertThat(three.samples()).hasSameSizeAs(one.samples()).isNotEqualTo(one.samples());
    }

    @Test
    void textTooLongIsCutInsideTheSheet() {
        String endless = "红 word ".repeat(200);
        PngImage sheet = sheet(endless, List.of(cell(256, 256, 0, List.of(endless), false)));
        int[] pixels = pixels(sheet);
        int last = 0;
        for (int i = 0; i < pixels.length; i++) {
            last = pixels[i] == pixels[0] ? last : Math.max(last, i % sheet.width());
        }
        // The picture ends where the texts must.
        assertThat(last).isEqualTo(LEFT + 256 - 1);
        int lastOfTitle = 0;
        for (int i = 0; i < TOP * sheet.width(); i++) {
            lastOfTitle = pixels[i] == pixels[0] ? lastOfTitle : Math.max(lastOfTitle, i % sheet.width());
        }
        assertThat(lastOfTitle).isGreaterThan(LEFT + 256 - 40);
    }

    @Test
    void onlyTheBestIsOutlined() {
        SheetCell plain = cell(64, 64, 0, List.of(), false);
        assertThat(count(sheet("", List.of(plain, plain)), ACCENT)).isZero();
        PngImage sheet = sheet("", List.of(plain, cell(64, 64, 0, List.of(), true)));
        assertThat(count(sheet, ACCENT)).isGreaterThan(3 * 4 * 64);
        assertThat(pixel(sheet, LEFT + 64 + GAP - 4, TOP + 32)).isEqualTo(ACCENT);
        assertThat(pixel(sheet, LEFT - 4, TOP + 32)).isNotEqualTo(ACCENT);
    }

    @Test
    void moreThanASheetHoldsAreLeftOut() {
        SheetCell cell = cell(16, 16, 77, List.of(), false);
        PngImage sheet = sheet("", Collections.nCopies(ContactSheet.MOST + 1, cell));
        assertThat(count(sheet, 77 * 0x010101)).isEqualTo(ContactSheet.MOST * 16 * 16);
    }

    @Test
    void thinLinesSurviveShrinking() {
        byte[] grey = new byte[1024 * 1024];
        for (int y = 0; y < 1024; y++) {
            grey[y * 1024 + 513] = (byte) 255;
        }
        PngImage sheet = sheet("", List.of(SheetCell.grey8(1024, 1024, grey, List.of(), false)));
        // One column in four: a quarter of the light.
        assertThat(pixel(sheet, LEFT + 513 / 4, TOP + 128) & 0xFF).isBetween(60, 68);
    }

    @Test
    void textsGoIntoTheFile() {
        Path file = folder.resolve("sheet.png");
        ContactSheet.write(file, "t", List.of(cell(8, 8, 0, List.of(), false)), Map.of("k", "v"));
        assertThat(PngImage.read(file).texts()).containsExactly(Map.entry("k", "v"));
    }

    private PngImage sheet(String title, List<SheetCell> cells) {
        Path file = folder.resolve("sheet.png");
        ContactSheet.write(file, title, cells, Map.of());
        return PngImage.read(file);
    }

    private static SheetCell cell(int width, int height, int level, List<String> captions, boolean best) {
        byte[] grey = new byte[width * height];
        Arrays.fill(grey, (byte) level);
        return SheetCell.grey8(width, height, grey, captions, best);
    }

    private static int pixel(PngImage sheet, int x, int y) {
        return pixels(sheet)[y * sheet.width() + x];
    }

    private static int count(PngImage sheet, int colour) {
        return (int)
                Arrays.stream(pixels(sheet)).filter(pixel -> pixel == colour).count();
    }

    private static int[] pixels(PngImage sheet) {
        int[] samples = sheet.samples();
        int[] pixels = new int[samples.length / 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (samples[3 * i] << 16) | (samples[3 * i + 1] << 8) | samples[3 * i + 2];
        }
        return pixels;
    }
}
