package io.irscale.cli.search;

import io.irscale.cli.Durations;
import io.irscale.error.InvalidInputException;
import io.irscale.search.Budget;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Budgets as users write them: {@code 400nfe,5min}. */
final class BudgetParser {
    private static final Pattern COUNT = Pattern.compile("(\\d{1,18})(nfe|calls)");
    private static final Pattern SCORE = Pattern.compile("score>=(-?\\d{1,9}(?:\\.\\d{1,9})?)");

    private BudgetParser() {}

    /** @throws InvalidInputException if a limit cannot be read, is out of its range, or of a kind given before */
    static Budget parse(String text) {
        Budget budget = Budget.NONE;
        Set<String> kinds = new HashSet<>();
        for (String part : text.split(",", -1)) {
            Matcher count = COUNT.matcher(part);
            Matcher score = SCORE.matcher(part);
            Optional<Duration> time = Durations.parse(part);
            String kind;
            if (count.matches()) {
                long limit = Long.parseLong(count.group(1));
                kind = count.group(2);
                budget = kind.equals("nfe") ? budget.withForwards(limit) : budget.withCalls(limit);
            } else if (score.matches()) {
                kind = "score";
                budget = budget.withScore(Double.parseDouble(score.group(1)));
            } else if (time.isPresent()) {
                kind = "time";
                budget = budget.withTime(time.get());
            } else {
                throw new InvalidInputException(
                        ("budget '%s' cannot be read, expected one or more of 400nfe, 60s, 5min, 50calls,"
                                        + " 'score>=0.31' with commas between, the last one in quotes, as a shell"
                                        + " takes > for itself")
                                .formatted(part));
            }
            if (!kinds.add(kind)) {
                throw new InvalidInputException("budget '%s' has two limits of %s, expected one".formatted(text, kind));
            }
        }
        return budget;
    }
}
