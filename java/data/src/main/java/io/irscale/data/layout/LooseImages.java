package io.irscale.data.layout;

import io.irscale.data.Dataset;
import io.irscale.data.Sample;
import io.irscale.data.image.ImageSource;
import io.irscale.data.layout.Origin.Facts;
import io.irscale.error.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Images in files of their own, and captions and boxes in files beside them. A caption is out of metadata, else out of the
 * text beside the image, else the template's. Boxes are out of the first of metadata, the data set's own annotations, COCO,
 * VOC and YOLO that knows the image.
 */
final class LooseImages {
    private static final List<Origin> ORIGINS =
            List.of(new HitUav(), new Kaist(), new FlirAdas(), new FlirAdasV1(), new Llvip(), new Msrs(), new M3fd());

    private LooseImages() {}

    /** Reads a folder. */
    static Dataset read(Listing all) {
        Path folder = all.folder();
        Listing infrared = Spectra.infrared(all);
        Metadata metadata = Metadata.of(infrared);
        BesideText texts = BesideText.of(infrared.with(metadata.outside()));
        OwnImages unknown = new OwnImages(
                folder,
                metadata.isThere(),
                metadata.hasCaptions() || !texts.captions().isEmpty());
        Origin origin = ORIGINS.stream()
                .filter(known -> known.fits(infrared))
                .findFirst()
                .orElse(unknown);
        Listing listing = named(origin.choose(infrared), origin, metadata);
        if (listing.images().isEmpty()) {
            throw new InvalidInputException(Stream.concat(
                            Stream.of("%s: holds no %s".formatted(folder, Folders.ENDINGS)), all.notes().stream())
                    .collect(Collectors.joining("; ")));
        }
        Boxing boxing = Boxing.of(listing, origin, metadata, texts);
        List<Sample> samples = new ArrayList<>();
        for (Item image : listing.images()) {
            MetadataRow row = metadata.row(image);
            Facts facts = origin.facts(image).or(() -> unknown.facts(image)).orElseThrow();
            Map<String, String> attributes = new HashMap<>(facts.attributes());
            attributes.putAll(row.attributes());
            samples.add(new Sample(
                    ImageSource.of(image.path()),
                    row.caption().or(() -> Optional.ofNullable(texts.captions().get(image))),
                    boxing.boxes(image),
                    row.group().orElse(facts.group()),
                    attributes));
        }
        List<String> notes = Stream.of(listing.notes(), metadata.notes(), texts.notes(), boxing.notes())
                .flatMap(List::stream)
                .collect(Collectors.toCollection(ArrayList::new));
        unlike(listing, metadata, texts).ifPresent(notes::add);
        partly(
                        samples,
                        "have no caption of their own",
                        sample -> sample.caption().isPresent())
                .ifPresent(notes::add);
        partly(
                        samples,
                        "have no annotation, and their captions say nothing of objects",
                        sample -> sample.boxes().isPresent())
                .ifPresent(notes::add);
        return new Dataset(origin.name(), origin.source(folder), origin.template(), samples, notes);
    }

    /** Without the images that are none of the known data set, and that no metadata names; with those that lie outside. */
    private static Listing named(Listing listing, Origin origin, Metadata metadata) {
        List<Item> strange = listing.images().stream()
                .filter(image ->
                        origin.facts(image).isEmpty() && !metadata.rows().containsKey(image))
                .toList();
        Set<Item> left = Set.copyOf(strange);
        List<String> notes = strange.isEmpty()
                ? List.of()
                : List.of("left out: %s not named as those of %s, such as %s"
                        .formatted(
                                Count.of(strange.size(), "image"),
                                origin.name(),
                                strange.getFirst().name()));
        return listing.keep(image -> !left.contains(image), notes).with(metadata.outside());
    }

    private static Optional<String> unlike(Listing listing, Metadata metadata, BesideText texts) {
        List<Item> unlike = listing.images().stream()
                .filter(image -> metadata.row(image)
                        .caption()
                        .filter(caption -> !caption.equals(texts.captions().getOrDefault(image, caption)))
                        .isPresent())
                .toList();
        return unlike.isEmpty()
                ? Optional.empty()
                : Optional.of("left out: texts beside %s that differ from the metadata, such as %s"
                        .formatted(Count.of(unlike.size(), "image"), BesideText.beside(unlike.getFirst(), ".txt")));
    }

    private static Optional<String> partly(List<Sample> samples, String what, Predicate<Sample> has) {
        List<Sample> without = samples.stream().filter(has.negate()).toList();
        return without.isEmpty() || without.size() == samples.size()
                ? Optional.empty()
                : Optional.of("%d of %d images %s, such as %s"
                        .formatted(
                                without.size(),
                                samples.size(),
                                what,
                                without.getFirst().image()));
    }
}
