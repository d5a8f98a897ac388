package io.irscale.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** Frames of grey noise around a level. */
final class GreyFrames {
    private GreyFrames() {}

    static void draw(Path folder, int count, int level, long seed) throws IOException {
        Files.createDirectories(folder);
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            BufferedImage image = new BufferedImage(40, 32, BufferedImage.TYPE_BYTE_GRAY);
            for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < image.getWidth(); x++) {
                    image.getRaster().setSample(x, y, 0, level + random.nextInt(50));
                }
            }
            ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
        }
    }
}
