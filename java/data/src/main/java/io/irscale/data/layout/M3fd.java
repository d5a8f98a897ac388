package io.irscale.data.layout;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * M3FD (Liu et al., CVPR 2022, arXiv 2203.16220): 4,200 annotated pairs and 300 others of 1024 x 768. In
 * {@code M3FD_Detection} there are {@code Ir}, {@code Vis} and {@code Annotation} (VOC), in {@code M3FD_Fusion} the first
 * two; {@code Vis} is left out. It calls a person People. The names do not tell scenes apart: each image is a group.
 */
final class M3fd implements Origin {
    private static final Pattern NAME =
            Pattern.compile(".*/(?i:M3FD[^/]*)/(?:.*/)?(?i:ir|infrared)/(?:[^/]+/)?[^/]+|.*/Ir/\\d{5}\\.png");
    private static final Pattern PART = Pattern.compile(".*/(M3FD_\\w+)/.*");

    @Override
    public String name() {
        return "M3FD";
    }

    @Override
    public String source(Path folder) {
        return "M3FD, Liu et al. 2022, arXiv 2203.16220, under its authors' terms (github.com/JinyuanLiu-CV/TarDAL)";
    }

    @Override
    public String template() {
        return "an infrared photo of an outdoor scene{objects}";
    }

    @Override
    public Optional<Facts> facts(Item image) {
        if (!NAME.matcher(image.full()).matches()) {
            return Optional.empty();
        }
        Matcher part = PART.matcher(image.full());
        String prefix = part.matches() ? part.group(1) : "M3FD";
        return Optional.of(new Facts(prefix + " " + image.stem(), Origin.split(image, Map.of())));
    }

    @Override
    public String category(String own) {
        return own.equals("People") ? "Person" : own;
    }
}
