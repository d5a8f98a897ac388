package io.irscale.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Captions that are nearly right: another time of day, another count, another kind of object, another number. A verifier
 * that has to tell them from the true one cannot do with the gist of a picture.
 */
public final class HardNegatives {
    private static final List<List<String>> ALTERNATIVES = List.of(
            List.of("day", "night"),
            List.of("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "many"),
            List.of("car", "person", "bicycle", "vehicle"),
            List.of("cars", "people", "bicycles", "vehicles"),
            List.of("30", "40", "50", "60", "70", "80", "90", "100", "110", "120", "130"));
    private static final Map<String, String> PLURALS =
            Map.of("car", "cars", "person", "people", "bicycle", "bicycles", "vehicle", "vehicles");
    private static final String SEVERAL = "two|three|four|five|six|seven|eight|nine|ten|many";
    private static final Pattern WORD = Pattern.compile("\\w+");

    private HardNegatives() {}

    /** The caption with one word replaced by another of its kind; the caption itself where it has none of any kind. */
    public static String of(String caption, RandomGenerator random) {
        List<int[]> places = new ArrayList<>();
        List<List<String>> kinds = new ArrayList<>();
        Matcher words = WORD.matcher(caption);
        while (words.find()) {
            String word = words.group();
            ALTERNATIVES.stream()
                    .filter(kind -> kind.contains(word))
                    .findFirst()
                    .ifPresent(kind -> {
                        places.add(new int[] {words.start(), words.end()});
                        kinds.add(kind);
                    });
        }
        if (places.isEmpty()) {
            return caption;
        }
        int chosen = random.nextInt(places.size());
        int[] place = places.get(chosen);
        String word = caption.substring(place[0], place[1]);
        List<String> others =
                kinds.get(chosen).stream().filter(other -> !other.equals(word)).toList();
        String changed = caption.substring(0, place[0])
                + others.get(random.nextInt(others.size()))
                + caption.substring(place[1]);
        return agreeing(changed);
    }

    // "one cars" would give itself away.
    private static String agreeing(String caption) {
        String out = caption;
        for (Map.Entry<String, String> noun : PLURALS.entrySet()) {
            out = out.replaceAll("\\bone (|other )" + noun.getValue() + "\\b", "one $1" + noun.getKey());
            out = out.replaceAll("\\b(" + SEVERAL + ") (|other )" + noun.getKey() + "\\b", "$1 $2" + noun.getValue());
        }
        return out;
    }
}
