package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import io.irscale.file.FileReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A model's {@code config.json}: values by key, with errors that name the file and the key. */
public final class JsonConfig {
    // Lists of names are made by these numbers before any weight is looked at. The largest models have a tenth of them.
    private static final int MOST = 1000;
    private static final int LARGEST = 1 << 20;

    private final Path file;
    private final JsonNode node;

    private JsonConfig(Path file, JsonNode node) {
        this.file = file;
        this.node = node;
    }

    /**
     * Reads a file.
     *
     * @throws InvalidInputException if it is missing, unreadable or not a JSON object
     */
    public static JsonConfig read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(file + " is missing");
        }
        try {
            return new JsonConfig(file, StrictJson.parse(Files.readAllBytes(file), file, "configuration"));
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + FileReason.of(e), e);
        }
    }

    /**
     * Reads a JSON object that {@code file} holds as a text.
     *
     * @param what what the text is, for messages
     * @throws InvalidInputException if it is not a JSON object
     */
    public static JsonConfig parse(Path file, String what, String json) {
        return new JsonConfig(file, StrictJson.parse(json.getBytes(StandardCharsets.UTF_8), file, what));
    }

    /**
     * The {@code config.json} in a model's folder, or of this model beside its single file.
     *
     * @param className the model's {@code _class_name}; beside a file, a configuration without it belongs to another model
     * @return empty if there is none for this model; a folder's may be another's, see {@link ModelClass}
     */
    public static Optional<JsonConfig> ofModel(Path model, String className) {
        boolean folder = Files.isDirectory(model);
        Path file = folder ? model.resolve("config.json") : model.resolveSibling("config.json");
        return Optional.of(file)
                .filter(Files::isRegularFile)
                .map(JsonConfig::read)
                .filter(config -> folder || config.text("_class_name", "").equals(className));
    }

    /**
     * The same where the weights do not tell the sizes.
     *
     * @throws InvalidInputException if there is none for this model
     */
    public static JsonConfig requireOfModel(Path model, String className) {
        return ofModel(model, className)
                .orElseThrow(() -> new InvalidInputException(
                        Files.isDirectory(model)
                                ? model.resolve("config.json") + " is missing"
                                : model + ": its sizes stand in no config.json of a " + className + " beside it"));
    }

    /** Values that were derived from the tensors of {@code file}. */
    public static JsonConfig of(Path file, Map<String, Object> values) {
        return new JsonConfig(file, JsonMapper.shared().valueToTree(values));
    }

    /** The keys, in the order of the text. */
    public Collection<String> keys() {
        return node.propertyNames();
    }

    /** Whether {@code key} is there and not null. */
    public boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** Whether an object stands under {@code key}. */
    public boolean isObject(String key) {
        return has(key) && node.get(key).isObject();
    }

    /** Whether a list stands under {@code key}. */
    public boolean isArray(String key) {
        return has(key) && node.get(key).isArray();
    }

    /** Whether a number stands under {@code key}. */
    public boolean isNumber(String key) {
        return has(key) && node.get(key).isNumber();
    }

    /** The keys whose values are not null. */
    public Set<String> given() {
        return node.propertyNames().stream().filter(this::has).collect(Collectors.toSet());
    }

    /** An object under {@code key}. */
    public JsonConfig child(String key) {
        JsonNode value = require(key);
        if (!value.isObject()) {
            throw wrong(key, value, "an object");
        }
        return new JsonConfig(file, value);
    }

    /** An integer. */
    public int integer(String key) {
        JsonNode value = require(key);
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw wrong(key, value, "a 32-bit integer");
        }
        return value.intValue();
    }

    /** An integer, {@code absent} where the key is missing or null. */
    public int integer(String key, int absent) {
        return has(key) ? integer(key) : absent;
    }

    /**
     * How many parts of a kind a model has, such as its blocks or heads: 0 to 1000, {@code absent} where the key is missing
     * or null.
     */
    public int count(String key, int absent) {
        return within(key, integer(key, absent), 0, MOST);
    }

    /**
     * A size of a model, such as a width, a vocabulary or an image's edge: 1 to 2^20, so that 64 bits hold the product of
     * any three; {@code absent} where the key is missing or null.
     */
    public int size(String key, int absent) {
        return within(key, integer(key, absent), 1, LARGEST);
    }

    /** The same where the key has to be there. */
    public int size(String key) {
        return within(key, integer(key), 1, LARGEST);
    }

    /** A list of sizes, {@code absent} where the key is missing or null. */
    public List<Integer> sizes(String key, List<Integer> absent) {
        List<Integer> sizes = integers(key).orElse(absent);
        sizes.forEach(size -> within(key, size, 1, LARGEST));
        return sizes;
    }

    /** The size that {@code size} times the number under {@code key} is, rounded down. */
    public int multiple(String key, int size, double absent) {
        double factor = number(key, absent);
        double product = size * factor;
        if (!(product >= 1 && product <= LARGEST)) {
            throw wrong(key, factor, "a number that makes 1 to " + LARGEST + " of " + size);
        }
        return (int) product;
    }

    private int within(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw wrong(key, value, least + " to " + most);
        }
        return value;
    }

    /** A number. */
    public double number(String key, double absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = require(key);
        if (!value.isNumber()) {
            throw wrong(key, value, "a number");
        }
        return value.doubleValue();
    }

    /** True or false. */
    public boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = require(key);
        if (!value.isBoolean()) {
            throw wrong(key, value, "true or false");
        }
        return value.booleanValue();
    }

    /** A text, {@code absent} where the key is missing or null. */
    public String text(String key, String absent) {
        if (!has(key)) {
            return absent;
        }
        JsonNode value = require(key);
        if (!value.isString()) {
            throw wrong(key, value, "a text");
        }
        return value.stringValue();
    }

    /** A list of integers, empty where the key is missing or null. */
    public Optional<List<Integer>> integers(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        JsonNode value = require(key);
        if (!value.isArray()
                || StreamSupport.stream(value.spliterator(), false).anyMatch(item -> !item.canConvertToInt())) {
            throw wrong(key, value, "a list of integers");
        }
        return Optional.of(StreamSupport.stream(value.spliterator(), false)
                .map(JsonNode::intValue)
                .toList());
    }

    /** A list of texts, empty where the key is missing or null; a null in it is an empty text. */
    public Optional<List<String>> texts(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        JsonNode value = require(key);
        if (!value.isArray()
                || StreamSupport.stream(value.spliterator(), false)
                        .anyMatch(item -> !item.isString() && !item.isNull())) {
            throw wrong(key, value, "a list of texts");
        }
        return Optional.of(StreamSupport.stream(value.spliterator(), false)
                .map(item -> item.isNull() ? "" : item.stringValue())
                .toList());
    }

    /** A list of numbers, empty where the key is missing or null. */
    public Optional<double[]> numbers(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        JsonNode value = require(key);
        if (!value.isArray() || StreamSupport.stream(value.spliterator(), false).anyMatch(item -> !item.isNumber())) {
            throw wrong(key, value, "a list of numbers");
        }
        return Optional.of(StreamSupport.stream(value.spliterator(), false)
                .mapToDouble(JsonNode::doubleValue)
                .toArray());
    }

    /** The value of {@code key} as JSON text. */
    public String json(String key) {
        return String.valueOf(node.get(key));
    }

    /** Refuses the value of {@code key}. */
    public InvalidInputException wrong(String key, Object value, String expected) {
        return new InvalidInputException("%s: %s is %s, expected %s".formatted(file, key, value, expected));
    }

    private JsonNode require(String key) {
        if (!has(key)) {
            throw new InvalidInputException(file + " has no " + key);
        }
        return node.get(key);
    }
}
