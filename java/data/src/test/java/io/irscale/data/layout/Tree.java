package io.irscale.data.layout;

import io.irscale.data.Captions;
import io.irscale.data.Dataset;
import io.irscale.report.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes small datasets in the layouts of the real ones. */
record Tree(Path root) {
    /** A grey PNG under any name: readers go by the bytes. */
    Tree image(String name, int width, int height) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Png.writeGrey8(file, width, height, new byte[width * height], Map.of());
        return this;
    }

    Tree image(String name) throws IOException {
        return image(name, 4, 3);
    }

    Tree text(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return this;
    }

    /** What a training sees of each image: its path in the folder and its caption. */
    List<String> captions(Dataset dataset) {
        return Captions.of(dataset.template()).complete(dataset).samples().stream()
                .map(sample ->
                        root.toAbsolutePath().relativize(sample.image().file().toAbsolutePath()) + ": "
                                + sample.caption().orElse("none"))
                .toList();
    }

    /** VOC with one object of 5 x 7 pixels at (10, 20). */
    Tree voc(String name, String category) throws IOException {
        return text(name, """
                <annotation><size><width>1280</width><height>1024</height></size><object><name>%s</name>
                <bndbox><xmin>10</xmin><ymin>20</ymin><xmax>15</xmax><ymax>27</ymax></bndbox></object></annotation>
                """.formatted(category));
    }
}
