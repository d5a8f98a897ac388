package io.irscale.data;

import io.irscale.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes captions from a template: {@code {name}} stands for an attribute of the sample, {@code {objects}} for what its
 * boxes hold, ", with two cars, one person and many bicycles", or for nothing where they hold nothing. Where nobody looked
 * for objects it stands for nothing as well: such a caption claims nothing about them, neither that they are there nor that
 * they are not, so that data sets of which a part or nothing is annotated can be trained on. {@code {objects!}} insists: it
 * writes nothing of a sample whose objects are unknown. Up to ten are counted, more are many. A category that is a number, as its name is unknown, is an object. Immutable.
 */
public final class Captions {
    private static final Pattern FIELD = Pattern.compile("\\{(\\w+|objects!)}");
    private static final List<String> NUMBERS =
            List.of("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");
    // Vehicles before people before the rest, which follows its alphabet.
    private static final List<String> ORDER = List.of("car", "person", "people", "cyclist", "bicycle");
    private static final Map<String, String> SINGULARS = Map.of("people", "group of people", "motor", "motorcycle");
    private static final Map<String, String> PLURALS =
            Map.of("person", "people", "people", "groups of people", "motor", "motorcycles", "deer", "deer");
    // What the annotators of HIT-UAV, KAIST and FLIR could not tell.
    private static final List<String> UNSURE = List.of("dont_care", "DontCare", "person?", "person?a", "ignore");

    private final String template;

    private Captions(String template) {
        this.template = template;
    }

    /**
     * Captions from a template.
     *
     * @throws InvalidInputException if it is blank
     */
    public static Captions of(String template) {
        if (template.isBlank()) {
            throw new InvalidInputException("caption template: is blank, expected a text");
        }
        return new Captions(template);
    }

    /**
     * The dataset with a caption on every sample that had none. A sample that lacks what the template asks for stays
     * without one, and {@link Inspection} names it.
     */
    public Dataset complete(Dataset dataset) {
        return dataset.with(dataset.samples().stream()
                .map(sample -> sample.caption().isPresent()
                        ? sample
                        : of(sample).map(sample::withCaption).orElse(sample))
                .toList());
    }

    /** What the template says of a sample, empty if that lacks an attribute, or boxes, that it insists on. */
    public Optional<String> of(Sample sample) {
        StringBuilder caption = new StringBuilder();
        Matcher field = FIELD.matcher(template);
        while (field.find()) {
            Optional<String> value = switch (field.group(1)) {
                case "objects" -> Optional.of(objects(sample.boxes().orElse(List.of())));
                case "objects!" -> sample.boxes().map(Captions::objects);
                default -> Optional.ofNullable(sample.attributes().get(field.group(1)));
            };
            if (value.isEmpty()) {
                return Optional.empty();
            }
            field.appendReplacement(caption, Matcher.quoteReplacement(value.get()));
        }
        return Optional.of(field.appendTail(caption).toString());
    }

    private static String objects(List<Box> boxes) {
        Map<String, Integer> counts = new TreeMap<>(
                Comparator.<String>comparingInt(category -> ORDER.contains(category) ? ORDER.indexOf(category) : 9)
                        .thenComparing(Comparator.naturalOrder()));
        boxes.stream()
                .map(Box::category)
                .filter(category -> !UNSURE.contains(category))
                .forEach(category -> counts.merge(word(category), 1, Integer::sum));
        List<String> phrases = new ArrayList<>();
        counts.forEach((category, count) -> phrases.add(phrase(category, count)));
        if (phrases.isEmpty()) {
            return "";
        }
        String last = phrases.removeLast();
        return phrases.isEmpty() ? ", with " + last : ", with " + String.join(", ", phrases) + " and " + last;
    }

    // HIT-UAV writes OtherVehicle and its JSON other_vehicle.
    private static String word(String category) {
        if (category.matches("\\d+")) {
            return "object";
        }
        return category.replaceAll("(\\p{Lower})(\\p{Upper})", "$1 $2")
                .replace('_', ' ')
                .toLowerCase(Locale.ROOT);
    }

    private static String phrase(String word, int count) {
        String number = count < NUMBERS.size() ? NUMBERS.get(count) : "many";
        String noun = count == 1 ? SINGULARS.getOrDefault(word, word) : PLURALS.getOrDefault(word, plural(word));
        return number + " " + noun;
    }

    private static String plural(String word) {
        if (word.matches(".*(s|x|z|ch|sh)")) {
            return word + "es";
        }
        return word.matches(".*[^aeiou]y") ? word.substring(0, word.length() - 1) + "ies" : word + "s";
    }
}
