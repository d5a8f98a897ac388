package io.irscale.data.layout;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Teledyne FLIR ADAS thermal dataset v2: 26,442 annotated frames, thermal ones of 640 x 512, under terms of its own that
 * one accepts at the download (flir.com/oem/adas/adas-dataset-agree). {@code images_thermal_train},
 * {@code images_thermal_val} and {@code video_thermal_test}, each with {@code coco.json} and {@code data}, or one of
 * these folders. A name is video-ID-frame-NUMBER-ID: the video is the group, and a file with another name is one of its
 * own.
 */
final class FlirAdas implements Origin {
    private static final Pattern PART = Pattern.compile(".*/((?:images|video)_thermal_\\w+)/(?:.*/)?data/[^/]+");
    private static final Pattern NAME = Pattern.compile("(video-[^-]+)-frame-\\d+-.*");

    @Override
    public String name() {
        return "FLIR ADAS v2";
    }

    @Override
    public String source(Path folder) {
        return "Teledyne FLIR ADAS thermal dataset v2, under its own terms (flir.com/oem/adas/adas-dataset-agree)";
    }

    @Override
    public String template() {
        return "an infrared photo of a traffic scene from a car{objects}";
    }

    @Override
    public Optional<Facts> facts(Item image) {
        Matcher part = PART.matcher(image.full());
        Matcher video = NAME.matcher(image.file());
        boolean isPart = part.matches();
        if (!video.matches() && !isPart) {
            return Optional.empty();
        }
        return Optional.of(new Facts(
                video.matches() ? "FLIR " + video.group(1) : "FLIR " + part.group(1) + "/" + image.file(),
                isPart ? Map.of("split", part.group(1)) : Origin.split(image, Map.of())));
    }
}
