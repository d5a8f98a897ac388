package io.irscale.data.layout;

import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.data.image.ImageSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * LLVIP (Jia et al., ICCV Workshops 2021, arXiv 2108.10831): 15,488 pairs from surveillance cameras, mostly in the dark, for
 * non-commercial purposes under its own terms. {@code infrared/train} and {@code infrared/test}, and for both
 * {@code Annotations/NAME.xml} in VOC; {@code visible} is not read.
 *
 * <p>The first two of a name's six digits number the place, and are the group.
 */
final class Llvip implements Layout {
    @Override
    public boolean fits(Path folder) {
        return Files.isDirectory(folder.resolve("infrared")) && Files.isDirectory(folder.resolve("Annotations"));
    }

    @Override
    public Dataset read(Path folder) {
        List<Sample> samples = new ArrayList<>();
        for (Path split : Folders.in(folder.resolve("infrared"))) {
            for (Path image : Folders.images(split)) {
                String name = Folders.stem(image);
                samples.add(new Sample(
                        ImageSource.of(image),
                        Optional.empty(),
                        Optional.of(Voc.boxesOf(image, folder.resolve("Annotations"))),
                        name.matches("\\d{6}") ? "LLVIP " + name.substring(0, 2) : Folders.group(folder, image),
                        Map.of("split", split.getFileName().toString())));
            }
        }
        return new Dataset(
                "LLVIP",
                "LLVIP, Jia et al. 2021, arXiv 2108.10831, for non-commercial purposes",
                "an infrared photo of a street from a surveillance camera{objects}",
                samples,
                List.of());
    }
}
