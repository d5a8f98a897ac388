package io.irscale.cli.report;

import io.irscale.cli.report.FamilyTree.Person;
import io.irscale.search.Lineage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Draws a search's candidates as lines from noise on the left to images on the right. A candidate that goes on where its
 * parent ended stays on its line; others branch off below.
 */
final class TreePicture {
    private static final int MOST = 40;
    private static final int THUMB = 46;
    private static final int LABEL_ROW = 16;
    private static final int TEXT_ROW = 18;
    private static final int TOP = 24;
    private static final int LEFT = 28;
    private static final int GENERATION = 14;
    private static final int MOST_GENERATIONS = 12;
    private static final int GAP = 32;
    private static final int LABEL = 80;
    private static final int STEPS_WIDTH = 760;
    private static final int MOST_STEP = 72;
    private static final int WORDS = 60;

    private final SearchPage search;
    private final FamilyTree tree;
    private final int steps;
    private final int thumbWidth;
    private final int thumbHeight;
    private final int rowHeight;
    private final Map<Person, Integer> generations = new HashMap<>();
    private final List<Line> lines = new ArrayList<>();
    private final List<Dot> dots = new ArrayList<>();
    private final List<Picture> pictures = new ArrayList<>();
    private final List<Text> texts = new ArrayList<>();
    private int first;
    private double step;

    /** A line, as an SVG path. */
    record Line(String kind, String path) {}

    /** Noise that others start from. */
    record Dot(String kind, int x, int y) {}

    /** A candidate's picture at a step; {@code source} is empty where there is none. */
    record Picture(String kind, int x, int y, int width, int height, List<String> source, String label, String title) {
        int middle() {
            return x + width / 2;
        }

        int below() {
            return y + height + 11;
        }
    }

    /** A word. */
    record Text(String kind, int x, int y, String text) {}

    /** The drawing; {@code caption} says what is left out. */
    record View(
            int width,
            int height,
            List<Text> texts,
            List<Line> lines,
            List<Dot> dots,
            List<Picture> pictures,
            String caption) {}

    /** A row to come: who starts it, and where it branches off. */
    private record Row(Person person, Optional<Person> parent, int parentY) {}

    private TreePicture(SearchPage search, int width, int height) {
        this.search = search;
        this.thumbWidth = width >= height ? THUMB : Math.max(1, THUMB * width / height);
        this.thumbHeight = height >= width ? THUMB : Math.max(1, THUMB * height / width);
        this.rowHeight = thumbHeight + LABEL_ROW;
        this.tree = FamilyTree.of(search.found(), MOST);
        this.steps = search.found().lineage().nodes().stream()
                .mapToInt(Lineage.Node::ended)
                .max()
                .orElse(1);
    }

    /** {@code width} and {@code height} are an image's. */
    static View of(SearchPage search, int width, int height) {
        return new TreePicture(search, width, height).draw();
    }

    private View draw() {
        int deepest = deepest();
        first = LEFT + GENERATION * deepest;
        step = Math.min(MOST_STEP, (double) STEPS_WIDTH / steps);
        int height = rows();
        int end = at(steps);
        ticks();
        String left = tree.shown() == tree.size()
                ? ""
                : "Shown are %d of %d candidates: the best, and what they came from."
                        .formatted(tree.shown(), tree.size());
        return new View(end + GAP + thumbWidth + LABEL, height, texts, lines, dots, pictures, left);
    }

    private int deepest() {
        Deque<Person> open = new ArrayDeque<>(tree.roots());
        int deepest = 0;
        while (!open.isEmpty()) {
            Person person = open.pop();
            int above = person.parent()
                    .map(parent -> generations.getOrDefault(parent, 0))
                    .orElse(-1);
            boolean noise = person.node().born() == 0;
            int own = noise ? Math.min(MOST_GENERATIONS, person.worked() ? Math.max(0, above) : above + 1) : 0;
            generations.put(person, own);
            deepest = Math.max(deepest, own);
            open.addAll(person.children());
        }
        return deepest;
    }

    private int rows() {
        Deque<Row> open = new ArrayDeque<>();
        tree.roots().forEach(root -> open.addLast(new Row(root, Optional.empty(), 0)));
        int y = TOP;
        while (!open.isEmpty()) {
            Row row = open.pop();
            int middle = y + thumbHeight / 2 + 2;
            branch(row, middle);
            y += rowHeight;
            y += lanes(row.person(), middle, y, open);
        }
        if (tree.hidden() > 0) {
            texts.add(new Text("more", LEFT, y + TEXT_ROW - 6, "+ %d more".formatted(tree.hidden())));
            y += TEXT_ROW;
        }
        return y + 4;
    }

    private void branch(Row row, int y) {
        row.parent().ifPresent(parent -> {
            int x = parent.worked() ? at(row.person().node().born()) : start(parent);
            lines.add(new Line("branch", "M%d %dV%dH%d".formatted(x, row.parentY(), y, start(row.person()))));
        });
    }

    /**
     * Draws a person and those who go on in its place on one line, and pushes the rows of all others so that what branches
     * off last comes first: then no lines cross. Returns the height of what is written below.
     */
    private int lanes(Person person, int y, int below, Deque<Row> open) {
        boolean words = false;
        Optional<Person> next = Optional.of(person);
        while (next.isPresent()) {
            Person current = next.get();
            lane(current, y);
            next = successor(current);
            if (current.hidden() > 0) {
                String text = (step >= WORDS ? "+ %d more" : "+%d").formatted(current.hidden());
                texts.add(new Text("more", forkedAt(current) + 4, below + TEXT_ROW - 7, text));
                words = true;
            }
            for (Person child : inStackOrder(current.children())) {
                if (next.isEmpty() || next.get() != child) {
                    open.push(new Row(child, Optional.of(current), y));
                }
            }
        }
        return words ? TEXT_ROW : 0;
    }

    // By the step at which they come into being, those of the same step from worst to best.
    private static List<Person> inStackOrder(List<Person> bestFirst) {
        return bestFirst.reversed().stream()
                .sorted(Comparator.comparingInt(person -> person.node().born()))
                .toList();
    }

    private static Optional<Person> successor(Person person) {
        return person.node().score().isPresent()
                ? Optional.empty()
                : person.children().stream()
                        .filter(child -> child.node().born() >= person.node().ended())
                        .findFirst();
    }

    private void lane(Person person, int y) {
        Lineage.Node node = person.node();
        if (!person.worked()) {
            dots.add(new Dot(kind(person, node.born()), start(person), y));
            return;
        }
        int from =
                node.previews().stream().mapToInt(preview -> at(preview.step())).reduce(start(person), Math::min);
        lines.add(new Line(kind(person, Integer.MAX_VALUE), "M%d %dH%d".formatted(from, y, at(node.ended()))));
        if (person.winning()) {
            lines.add(new Line("winning", "M%d %dH%d".formatted(from, y, at(person.winningUntil()))));
        }
        int free = Integer.MIN_VALUE;
        for (Lineage.Preview preview : node.previews()) {
            int x = at(preview.step()) - thumbWidth / 2;
            if (x >= free) {
                List<String> source =
                        search.previews().at(node.id(), preview.step()).stream().toList();
                String title = "candidate %d looked at after %d steps".formatted(node.id(), preview.step());
                pictures.add(
                        picture(kind(person, preview.step()), x, y, source, Words.shortScore(preview.score()), title));
                free = x + thumbWidth + 4;
            }
        }
        node.score().ifPresent(value -> image(node, kind(person, node.ended()), value, y));
    }

    private static String kind(Person person, int step) {
        return step <= person.winningUntil() ? "winning" : person.lived() ? "lived" : "out";
    }

    private void image(Lineage.Node node, String kind, double value, int y) {
        int x = at(steps) + GAP;
        String source = Pictures.small(search.file(node.id()));
        String title = "candidate %d, finished".formatted(node.id());
        pictures.add(picture(kind, x, y, List.of(source), "", title));
        int label = x + thumbWidth + 8;
        texts.add(new Text(kind, label, y - 2, Words.shortScore(value)));
        texts.add(new Text("more", label, y + 12, "no. %d".formatted(node.id())));
    }

    private Picture picture(String kind, int x, int y, List<String> source, String label, String title) {
        return new Picture(kind, x, y - thumbHeight / 2, thumbWidth, thumbHeight, source, label, title);
    }

    private void ticks() {
        int every = Math.max(1, Math.ceilDiv(steps, 8));
        for (int i = 0; i < steps; i += every) {
            texts.add(new Text("tick", at(i), TOP - 10, i == 0 ? "noise" : Integer.toString(i)));
        }
        texts.add(new Text("tick", at(steps) + GAP + thumbWidth / 2, TOP - 10, "image"));
    }

    private int start(Person person) {
        return person.node().born() == 0
                ? LEFT + GENERATION * generations.getOrDefault(person, 0)
                : at(person.node().born());
    }

    private int forkedAt(Person person) {
        return person.worked() ? at(person.node().ended()) : start(person);
    }

    private int at(int place) {
        return first + (int) Math.round(step * place);
    }
}
