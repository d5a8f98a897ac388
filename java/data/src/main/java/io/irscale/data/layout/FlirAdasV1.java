package io.irscale.data.layout;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * FLIR ADAS thermal dataset v1 (2018): 14,452 frames of 640 x 512 under terms of its own. {@code train}, {@code val} and
 * {@code video}, each with {@code thermal_8_bit} and {@code thermal_annotations.json}, and with {@code RGB} and
 * {@code thermal_16_bit}, which are left out. Its frames are out of videos that their names do not tell apart: a part is a
 * group.
 */
final class FlirAdasV1 implements Origin {
    private static final Pattern NAME = Pattern.compile(".*/([^/]+)/thermal_8_bit/[^/]+");

    @Override
    public String name() {
        return "FLIR ADAS v1";
    }

    @Override
    public String source(Path folder) {
        return "FLIR ADAS thermal dataset v1, 2018, under its own terms (flir.com/oem/adas/adas-dataset-agree)";
    }

    @Override
    public String template() {
        return "an infrared photo of a traffic scene from a car{objects}";
    }

    @Override
    public Optional<Facts> facts(Item image) {
        Matcher part = NAME.matcher(image.full());
        return part.matches()
                ? Optional.of(new Facts("FLIR v1 " + part.group(1), Map.of("split", part.group(1))))
                : Optional.empty();
    }
}
