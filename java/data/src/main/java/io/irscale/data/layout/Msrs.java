package io.irscale.data.layout;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * MSRS (Tang et al., Information Fusion 83-84, 2022, doi 10.1016/j.inffus.2022.03.007): 1,444 pairs of 640 x 480 from
 * streets, out of MFNet's. {@code train} and {@code test} have {@code ir}, {@code vi} and {@code Segmentation_labels},
 * {@code detection} has {@code ir}, {@code vi} and {@code labels} (YOLO); {@code ir} alone is read. A name is a number and D for
 * day or N for night. It does not tell scenes apart: each name is a group, whose images in {@code detection} and elsewhere
 * stay together.
 */
final class Msrs implements Origin {
    private static final Pattern NAME = Pattern.compile("(\\d{5}([DN]))\\.(?i:png|jpe?g)");

    @Override
    public String name() {
        return "MSRS";
    }

    @Override
    public String source(Path folder) {
        return "MSRS, Tang et al. 2022, doi 10.1016/j.inffus.2022.03.007, under its authors' terms"
                + " (github.com/Linfeng-Tang/MSRS)";
    }

    @Override
    public String template() {
        return "an infrared photo of a street scene at {time}{objects}";
    }

    @Override
    public Optional<Facts> facts(Item image) {
        Matcher name = NAME.matcher(image.file());
        return name.matches()
                ? Optional.of(new Facts(
                        "MSRS " + name.group(1),
                        Origin.split(image, Map.of("time", name.group(2).equals("D") ? "day" : "night"))))
                : Optional.empty();
    }
}
