package io.irscale.data.layout;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * LLVIP (Jia et al., ICCV Workshops 2021, arXiv 2108.10831): 15,488 pairs from surveillance cameras, mostly in the dark, for
 * non-commercial purposes under its own terms. {@code infrared/train} and {@code infrared/test}, and for both
 * {@code Annotations/NAME.xml} in VOC, which distances do not need; {@code visible} is left out.
 *
 * <p>The first two of a name's six digits number the place, and are the group.
 */
final class Llvip implements Origin {
    private static final Pattern NAME =
            Pattern.compile(".*/infrared/(?:(?:train|test|val)/)?(\\d{2})\\d{4}\\.(?i:jpe?g|png)");

    @Override
    public String name() {
        return "LLVIP";
    }

    @Override
    public String source(Path folder) {
        return "LLVIP, Jia et al. 2021, arXiv 2108.10831, for non-commercial purposes";
    }

    @Override
    public String template() {
        return "an infrared photo of a street from a surveillance camera{objects}";
    }

    @Override
    public Optional<Facts> facts(Item image) {
        Matcher name = NAME.matcher(image.full());
        return name.matches()
                ? Optional.of(new Facts("LLVIP " + name.group(1), Origin.split(image, Map.of())))
                : Optional.empty();
    }
}
