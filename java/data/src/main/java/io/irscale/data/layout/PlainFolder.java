package io.irscale.data.layout;

import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.data.image.ImageSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Images and nothing else, in a folder or in folders in it. Those of one inner folder are a group, such as the frames of
 * a video; one that lies outside of all is a group of its own. The terms are whatever its author gave.
 */
final class PlainFolder implements Layout {
    @Override
    public boolean fits(Path folder) {
        return !Folders.imagesUnder(folder).isEmpty();
    }

    @Override
    public Dataset read(Path folder) {
        List<Sample> samples = Folders.imagesUnder(folder).stream()
                .map(image -> {
                    boolean outside = folder.relativize(image).getNameCount() == 1;
                    String group = Folders.group(folder, outside ? image : image.resolveSibling(""));
                    return new Sample(ImageSource.of(image), Optional.empty(), Optional.empty(), group, Map.of());
                })
                .toList();
        return new Dataset("plain folder", folder + ": terms not stated", "an infrared photo", samples, List.of());
    }
}
