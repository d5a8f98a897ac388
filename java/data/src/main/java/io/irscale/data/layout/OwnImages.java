package io.irscale.data.layout;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Anybody's images. In a plain folder those of one inner folder are a group, such as the frames of a video, and one that
 * lies outside of all is a group of its own. In an imagefolder, one with metadata, each is a group of its own that has no
 * {@code video}. The terms are whatever its author gave.
 *
 * <p>Where some images have captions, one without was forgotten: a caption is written for it only out of its objects.
 *
 * @param folder the data set's
 * @param hasMetadata whether there is a file of metadata
 * @param hasCaptions whether there are captions beside images
 */
record OwnImages(Path folder, boolean hasMetadata, boolean hasCaptions) implements Origin {
    @Override
    public String name() {
        return hasMetadata ? "imagefolder" : "plain folder";
    }

    @Override
    public String source(Path of) {
        return of + ": terms not stated";
    }

    @Override
    public String template() {
        return hasCaptions ? "an infrared photo{objects!}" : "an infrared photo{objects}";
    }

    @Override
    public Optional<Facts> facts(Item image) {
        String inside = hasMetadata || image.folder().isEmpty() ? image.name() : image.folder();
        return Optional.of(new Facts(Folders.group(folder, inside), Origin.split(image, Map.of())));
    }
}
