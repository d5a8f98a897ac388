package io.irscale.data.layout;

import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.data.Spectrum;
import io.irscale.data.shard.TarImage;
import io.irscale.data.shard.TarSample;
import io.irscale.data.shard.TarShard;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Tars of WebDataset as samples: {@code KEY.png} is the image, {@code KEY.txt} its caption, {@code KEY.json} a line of
 * metadata and {@code KEY.cls} the attribute {@code cls}. A caption of its own comes before one in the metadata. Of
 * several images of a sample the one with an infrared name is read. A sample is a group of its own unless its metadata
 * names a video.
 */
final class TarSamples {
    private final Path folder;
    private final List<TarShard> shards;
    private final TreeSet<String> chosen = new TreeSet<>();
    private int visible;
    private int withoutImage;

    private TarSamples(Path folder, List<TarShard> shards) {
        this.folder = folder;
        this.shards = shards;
    }

    /**
     * Reads tars.
     *
     * @param folder from which on they are named in groups
     */
    static Dataset read(Path folder, List<Path> files) {
        TarSamples samples =
                new TarSamples(folder, files.stream().map(TarShard::read).toList());
        List<Sample> all = samples.all();
        if (all.isEmpty()) {
            throw new InvalidInputException(
                    "%s: holds no images in the form of WebDataset, expected KEY.png, KEY.jpg, KEY.tif or KEY.bmp in it"
                            .formatted(files.getFirst()));
        }
        return new Dataset(
                "WebDataset",
                (files.size() == 1 ? files.getFirst() : folder) + ": terms not stated",
                "an infrared photo{objects}",
                all,
                samples.notes());
    }

    private List<Sample> all() {
        List<TarSample> found =
                shards.stream().flatMap(shard -> shard.samples().stream()).toList();
        // Of a set with both, such as an archive of lwir/ and visible/, one spectrum is read.
        boolean infrared = found.stream()
                .flatMap(sample -> sample.images().values().stream())
                .anyMatch(image -> Spectrum.isInfrared(image.entry()));
        List<Sample> all = new ArrayList<>();
        for (TarSample sample : found) {
            Optional<TarImage> image = image(sample);
            if (image.isEmpty()) {
                withoutImage++;
            } else if (infrared && Spectrum.isVisible(image.get().entry())) {
                visible++;
            } else {
                all.add(sample(sample, image.get()));
            }
        }
        return all;
    }

    private Optional<TarImage> image(TarSample sample) {
        Map<String, TarImage> images = sample.images();
        if (images.size() < 2) {
            return images.values().stream().findFirst();
        }
        String infrared = Spectrum.infrared(images.keySet())
                .orElseThrow(() -> new InvalidInputException(
                        "%s: has the images %s and none alone has an infrared name; keep one, or name it KEY.ir.png"
                                .formatted(
                                        sample,
                                        images.values().stream()
                                                .map(TarImage::name)
                                                .collect(Collectors.joining(" and ")))));
        chosen.add(infrared);
        return Optional.ofNullable(images.get(infrared));
    }

    private Sample sample(TarSample sample, TarImage image) {
        MetadataRow row = MetadataRow.of(
                sample.json()
                        .map(text -> Json.object(text, sample + ".json"))
                        .orElseGet(JsonNodeFactory.instance::objectNode),
                sample + ".json");
        return Shards.sample(
                folder,
                sample.file(),
                sample.key(),
                image,
                sample.caption().or(row::caption),
                row,
                sample.label().map(label -> Map.of("cls", label)).orElseGet(Map::of));
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!chosen.isEmpty()) {
            notes.add("of several images of a sample, %s is read".formatted(String.join(" or ", chosen)));
        }
        if (visible > 0) {
            notes.add("samples left out: %d with a visible image alone, beside infrared ones".formatted(visible));
        }
        if (withoutImage > 0) {
            notes.add("samples left out: %d without an image".formatted(withoutImage));
        }
        shards.stream()
                .filter(shard -> !shard.isEnded())
                .forEach(shard -> notes.add(
                        "%s ends without the empty blocks of a tar: samples may be missing".formatted(shard.file())));
        Map<String, Integer> others = new TreeMap<>();
        shards.forEach(shard -> shard.others().forEach((ending, count) -> others.merge(ending, count, Integer::sum)));
        if (!others.isEmpty()) {
            notes.add("parts of samples that are not read: "
                    + others.entrySet().stream()
                            .map(other -> other.getValue() + " ." + other.getKey())
                            .collect(Collectors.joining(", ")));
        }
        return notes;
    }
}
