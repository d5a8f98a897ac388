package io.irscale.lora;

import io.irscale.error.InvalidInputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A LoRA as a user asks for it.
 *
 * @param file the file
 * @param scale how strongly it counts, from -100 to 100
 */
public record LoraSpec(Path file, double scale) {
    /** Largest magnitude of a scale. */
    public static final double MAX_SCALE = 100;

    private static final Pattern SCALED = Pattern.compile(
            "(?<file>.*):(?<scale>[+-]?(?:\\d+\\.?\\d*(?:e[+-]?\\d+)?|\\.\\d+(?:e[+-]?\\d+)?|nan|inf(?:inity)?))",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** @throws InvalidInputException if the scale is NaN or out of range */
    public LoraSpec {
        if (!(Math.abs(scale) <= MAX_SCALE)) {
            throw new InvalidInputException("LoRA " + file + ": scale is " + scale + ", expected a number from "
                    + -MAX_SCALE + " to " + MAX_SCALE);
        }
    }

    /**
     * Reads {@code FILE} (scale 1) or {@code FILE:SCALE}. What follows the last colon is a scale if it is a number, else
     * part of the file's name.
     *
     * @throws InvalidInputException if the file's name is empty or impossible, or the scale is NaN or out of range
     */
    public static LoraSpec parse(String text) {
        Matcher matcher = SCALED.matcher(text);
        boolean scaled = matcher.matches();
        String file = scaled ? matcher.group("file") : text;
        if (file.isBlank()) {
            throw new InvalidInputException("LoRA '" + text + "' names no file, expected FILE or FILE:SCALE");
        }
        try {
            return new LoraSpec(Path.of(file), scaled ? number(matcher.group("scale")) : 1);
        } catch (InvalidPathException e) {
            throw new InvalidInputException("LoRA file name is not possible: " + e.getReason(), e);
        }
    }

    private static double number(String text) {
        return switch (text.toLowerCase(Locale.ROOT).replaceFirst("^[+-]", "")) {
            case "nan" -> Double.NaN;
            case "inf", "infinity" -> text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
