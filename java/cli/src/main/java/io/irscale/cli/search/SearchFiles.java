package io.irscale.cli.search;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of the files that {@code search} writes. */
final class SearchFiles {
    /** The report for people. */
    static final String REPORT = "report.html";

    /** In the place of a strategy's name: the image of the first seed without any search. */
    static final String UNSEARCHED = "unsearched";

    private static final Pattern IMAGE = Pattern.compile("\\d{3,}-(.+)-\\d{4,}\\.png");

    private SearchFiles() {}

    /** The image of one prompt's candidate. */
    static String image(int prompt, String strategy, int candidate) {
        return "%03d-%s-%04d.png".formatted(prompt, strategy, candidate);
    }

    /** Whether a run of these strategies may write an image of that name. */
    static boolean isImage(String name, List<String> strategies) {
        Matcher matcher = IMAGE.matcher(name);
        Optional<String> strategy = matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
        return strategy.filter(each -> each.equals(UNSEARCHED) || strategies.contains(each))
                .isPresent();
    }
}
