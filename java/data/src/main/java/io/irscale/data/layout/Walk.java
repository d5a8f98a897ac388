package io.irscale.data.layout;

import io.irscale.data.image.Reason;
import io.irscale.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Walks a data set's folder once. Links are followed; a folder that is reached on several ways is read once, by its own
 * name rather than by a link's, so that cycles end. Hidden files and folders are left out and counted.
 */
final class Walk {
    private static final int MOST = 10_000_000;

    private final Path root;
    private final Path top;
    private final List<Item> images = new ArrayList<>();
    private final List<Item> links = new ArrayList<>();
    private final List<Item> others = new ArrayList<>();
    private final List<String> hidden = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final Map<String, Integer> unread = new TreeMap<>();
    private final Map<Path, Item> places = new HashMap<>();
    private final Set<Path> visited = new HashSet<>();
    private final Deque<Folder> direct = new ArrayDeque<>();
    private final Deque<Folder> linked = new ArrayDeque<>();
    private final Deque<Folder> kept = new ArrayDeque<>();
    private int count;

    private record Folder(Path path, String name, boolean hidden) {}

    private Walk(Path root) {
        this.root = root;
        try {
            top = root.toRealPath();
        } catch (IOException e) {
            throw unreadable(root, e);
        }
    }

    /**
     * Lists a folder.
     *
     * @throws InvalidInputException if a folder cannot be read, holds a name that cannot be decoded, or there are more
     *     than ten million files
     */
    static Listing of(Path root) {
        return new Walk(root).walk();
    }

    private Listing walk() {
        direct.add(new Folder(root, "", false));
        while (!direct.isEmpty() || !linked.isEmpty() || !kept.isEmpty()) {
            // Hidden ones last: what is not hidden anywhere is read.
            list((direct.isEmpty() ? linked.isEmpty() ? kept : linked : direct).removeFirst());
        }
        List<String> notes = new ArrayList<>();
        note(notes, hidden, "in hidden files and folders");
        note(notes, broken, "behind links that lead nowhere");
        int before = images.size();
        links.stream().filter(link -> !leadsToAnother(link)).forEach(images::add);
        int again = before + links.size() - images.size();
        if (again > 0) {
            notes.add("left out: %s to images of the folder itself".formatted(Count.of(again, "link")));
        }
        if (!unread.isEmpty()) {
            List<String> counts = unread.entrySet().stream()
                    .map(kind -> "%d *%s".formatted(kind.getValue(), kind.getKey()))
                    .toList();
            notes.add("left out: %s; images are read from %s".formatted(String.join(", ", counts), Folders.ENDINGS));
        }
        images.sort(Comparator.comparing(Item::name));
        others.sort(Comparator.comparing(Item::name));
        return new Listing(root, images, others, places, notes);
    }

    private static void note(List<String> notes, List<String> names, String why) {
        if (!names.isEmpty()) {
            notes.add("left out: %s %s, such as %s"
                    .formatted(
                            Count.of(names.size(), "image"),
                            why,
                            names.stream().sorted().findFirst().orElse("")));
        }
    }

    private boolean leadsToAnother(Item link) {
        try {
            Item target = places.get(link.path().toRealPath());
            return target != null && !target.equals(link);
        } catch (IOException e) {
            throw unreadable(link.path(), e);
        }
    }

    private void list(Folder folder) {
        try {
            Path real = folder.path().toRealPath();
            // What holds the data set's folder is no part of it.
            boolean isAbove = !real.equals(top) && top.startsWith(real);
            if (isAbove || !visited.add(real)) {
                return;
            }
            List<Path> entries = new ArrayList<>();
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder.path())) {
                for (Path entry : stream) {
                    if (++count > MOST) {
                        throw new InvalidInputException("%s: holds more than %d files".formatted(root, MOST));
                    }
                    entries.add(entry);
                }
            }
            entries.sort(Comparator.comparing(Path::toString));
            entries.forEach(entry -> sort(folder, real, entry));
        } catch (IOException | DirectoryIteratorException e) {
            throw unreadable(folder.path(), e);
        }
    }

    private void sort(Folder folder, Path real, Path entry) {
        String file = entry.getFileName().toString();
        Item item = new Item(entry, folder.name().isEmpty() ? file : folder.name() + "/" + file);
        boolean isHidden = folder.hidden() || Folders.isHidden(file);
        boolean isImage = Folders.isImage(item);
        if (Files.isDirectory(entry)) {
            requireDecoded(folder, file, isHidden);
            Deque<Folder> queue = isHidden ? kept : Files.isSymbolicLink(entry) ? linked : direct;
            queue.add(new Folder(entry, item.name(), isHidden));
        } else if (isHidden) {
            if (isImage && Files.isRegularFile(entry)) {
                hidden.add(item.name());
            }
        } else if (!Files.isRegularFile(entry)) {
            if (isImage) {
                broken.add(item.name());
            }
        } else if (isImage) {
            requireDecoded(folder, file, false);
            (Files.isSymbolicLink(entry) ? links : images).add(item);
            places.put(real.resolve(entry.getFileName()), item);
        } else {
            others.add(item);
            if (Folders.isOtherImage(item)) {
                unread.merge(item.ending(), 1, Integer::sum);
            }
        }
    }

    private static void requireDecoded(Folder folder, String file, boolean isHidden) {
        if (!isHidden && file.indexOf('\uFFFD') >= 0) {
            throw new InvalidInputException("%s: holds \"%s\", a name that the locale cannot decode; set LC_ALL=C.UTF-8"
                    .formatted(folder.path(), file));
        }
    }

    private static InvalidInputException unreadable(Path folder, Exception e) {
        return new InvalidInputException(folder + ": cannot be read as a folder: " + Reason.of(e), e);
    }
}
