package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Reads pickles of protocols 2 to 5 (Python {@code pickletools.py}) as far as {@code torch.save} needs it for checkpoints.
 * Values become Long, Double, BigInteger, Boolean, String, List (lists and tuples), Map (of dictionaries the entries whose
 * keys are texts), {@link TorchStorage} and {@link TorchStorage.View}. No other class or function can be named: a pickle
 * is a program, and this runs none. What it makes is bounded, and nothing here walks through values, which may hold
 * themselves or unfold without end.
 */
final class Pickle {
    /** The longest that is read: a model of 100,000 tensors takes less. */
    static final int MOST_BYTES = 16 << 20;

    /** Of all that one pickle makes: a checkpoint of 10,000 tensors with its optimizer takes less. */
    static final int MOST_VALUES = 2 << 20;

    private static final int MOST_DIMENSIONS = 64;
    private static final Set<Integer> PROTOCOLS = Set.of(2, 3, 4, 5);

    /** What takes the place of None. */
    private enum Absent {
        NONE,
        OF_NO_USE
    }

    /** What a pickle may call; what is inert makes a value of no use, whatever it is given. */
    private enum Function {
        ORDERED_DICT,
        REBUILD_TENSOR,
        REBUILD_PARAMETER,
        INERT
    }

    private static final Map<String, Object> GLOBALS = Map.ofEntries(
            Map.entry("collections.OrderedDict", Function.ORDERED_DICT),
            Map.entry("torch._utils._rebuild_tensor", Function.REBUILD_TENSOR),
            Map.entry("torch._utils._rebuild_tensor_v2", Function.REBUILD_TENSOR),
            Map.entry("torch._utils._rebuild_parameter", Function.REBUILD_PARAMETER),
            Map.entry("torch._utils._rebuild_parameter_with_state", Function.REBUILD_PARAMETER),
            Map.entry("torch.Size", Function.INERT),
            Map.entry("torch.device", Function.INERT),
            Map.entry("__builtin__.set", Function.INERT),
            Map.entry("_codecs.encode", Function.INERT),
            Map.entry("argparse.Namespace", Function.INERT),
            Map.entry("numpy.dtype", Function.INERT),
            Map.entry("numpy.core.multiarray.scalar", Function.INERT),
            Map.entry("numpy._core.multiarray.scalar", Function.INERT),
            Map.entry("torch.DoubleStorage", DType.F64),
            Map.entry("torch.FloatStorage", DType.F32),
            Map.entry("torch.HalfStorage", DType.F16),
            Map.entry("torch.BFloat16Storage", DType.BF16),
            Map.entry("torch.LongStorage", DType.I64),
            Map.entry("torch.IntStorage", DType.I32),
            Map.entry("torch.ShortStorage", DType.I16),
            Map.entry("torch.CharStorage", DType.I8),
            Map.entry("torch.ByteStorage", DType.U8),
            Map.entry("torch.BoolStorage", DType.BOOL));

    private final ByteBuffer bytes;
    private final Path file;
    private final Set<TorchStorage> storages = new LinkedHashSet<>();
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private long made;

    /** Reads from the position of {@code bytes} on; {@code file} is for messages. */
    Pickle(ByteBuffer bytes, Path file) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
        this.file = file;
    }

    /** The storages that pickles have named so far. */
    Collection<TorchStorage> storages() {
        return storages;
    }

    /** The value of the next pickle; the position is after it then. */
    Object next() {
        stack.clear();
        marks.clear();
        memo.clear();
        made = 0;
        int start = bytes.position();
        try {
            while (bytes.position() - start < MOST_BYTES) {
                int opcode = bytes.get() & 0xFF;
                if (opcode == '.') {
                    return pop();
                }
                spend(1);
                step(opcode);
            }
        } catch (BufferUnderflowException e) {
            throw new InvalidInputException(file + ": is cut off in the middle of its pickle", e);
        } catch (NoSuchElementException | IndexOutOfBoundsException e) {
            throw wrong("takes a value that is not there");
        }
        throw wrong("has more than " + MOST_BYTES + " bytes");
    }

    private void spend(long values) {
        made += values;
        if (made > MOST_VALUES) {
            throw wrong("makes more than " + MOST_VALUES + " values");
        }
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> requireProtocol(bytes.get());
            case 0x95 -> bytes.getLong(); // a frame's length, for readers that read ahead
            case '(' -> marks.add(stack.size());
            case 'N' -> stack.add(Absent.NONE);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'J' -> stack.add((long) bytes.getInt());
            case 'K' -> stack.add(bytes.get() & 0xFFL);
            case 'M' -> stack.add(bytes.getShort() & 0xFFFFL);
            case 0x8A -> stack.add(integer(raw(bytes.get() & 0xFF)));
            case 'G' -> stack.add(Double.longBitsToDouble(Long.reverseBytes(bytes.getLong())));
            case 'X' -> stack.add(utf8(bytes.getInt()));
            case 0x8C -> stack.add(utf8(bytes.get() & 0xFF));
            case 'T' -> stack.add(text(bytes.getInt()));
            case 'U' -> stack.add(text(bytes.get() & 0xFF));
            // Bytes, which nobody looks at.
            case 'C' -> stack.add(text(bytes.get() & 0xFF));
            case 'B' -> stack.add(text(bytes.getInt()));
            case ']', ')', 0x8F -> stack.add(new ArrayList<>());
            case '}' -> stack.add(new LinkedHashMap<>());
            case 't' -> stack.add(new ArrayList<>(popToMark()));
            case 0x85, 0x86, 0x87 -> stack.add(popLast(opcode - 0x84));
            case 'a' -> append(popLast(1));
            case 'e', 0x90 -> append(popToMark());
            case 's' -> put(popLast(2));
            case 'u' -> put(popToMark());
            case 'q' -> memo.put(bytes.get() & 0xFF, stack.getLast());
            case 'r' -> memo.put(bytes.getInt(), stack.getLast());
            case 0x94 -> memo.put(memo.size(), stack.getLast());
            case 'h' -> stack.add(remembered(bytes.get() & 0xFF));
            case 'j' -> stack.add(remembered(bytes.getInt()));
            case 'c' -> stack.add(global(line() + "." + line()));
            case 0x93 -> stack.add(global(popLast(2)));
            case 'Q' -> stack.add(storage(list(pop())));
            case 'R', 0x81 -> call();
            case 'b' -> build();
            default ->
                throw wrong("has opcode 0x%02x at byte %d, which tensors do not need"
                        .formatted(opcode, bytes.position() - 1));
        }
    }

    private void requireProtocol(int protocol) {
        if (!PROTOCOLS.contains(protocol)) {
            throw wrong("is of protocol " + protocol + ", expected 2 to 5");
        }
    }

    private Object global(List<Object> moduleAndName) {
        if (moduleAndName.get(0) instanceof String module && moduleAndName.get(1) instanceof String name) {
            return global(module + "." + name);
        }
        throw wrong("names a class by something else than texts");
    }

    private Object global(String name) {
        Object global = GLOBALS.get(name);
        if (global == null) {
            throw wrong("asks for '" + StrictJson.oneLine(name) + "', expected nothing but tensors by name");
        }
        return global;
    }

    private void call() {
        List<Object> arguments = list(pop());
        Object function = pop();
        if (function == Function.REBUILD_TENSOR
                && arguments.size() >= 4
                && arguments.get(0) instanceof TorchStorage storage) {
            stack.add(new TorchStorage.View(
                    storage, number(arguments.get(1)), numbers(arguments.get(2)), numbers(arguments.get(3))));
        } else if (function == Function.REBUILD_PARAMETER
                && !arguments.isEmpty()
                && arguments.getFirst() instanceof TorchStorage.View view) {
            stack.add(view);
        } else if (function == Function.ORDERED_DICT && arguments.size() <= 1) {
            stack.add(new LinkedHashMap<>());
            // Python 2 gives the entries here.
            arguments.forEach(this::putEach);
        } else if (function == Function.INERT) {
            stack.add(Absent.OF_NO_USE);
        } else {
            throw wrong("calls something that makes no tensor");
        }
    }

    private void putEach(Object entries) {
        List<Object> pairs = list(entries);
        spend(pairs.size());
        for (Object pair : pairs) {
            List<Object> both = list(pair);
            if (both.size() != 2) {
                throw wrong("has an entry that is no pair");
            }
            put(both);
        }
    }

    /** An OrderedDict of parameters has an attribute beside its entries, of no use here either. */
    private void build() {
        pop();
        if (stack.getLast() != Absent.OF_NO_USE) {
            map(stack.getLast());
        }
    }

    private TorchStorage storage(List<Object> id) {
        boolean known = (id.size() == 5 || (id.size() == 6 && id.get(5) == Absent.NONE)) && "storage".equals(id.get(0));
        if (known && id.get(1) instanceof DType dtype && id.get(2) instanceof String key && number(id.get(4)) >= 0) {
            TorchStorage storage = new TorchStorage(key, dtype, number(id.get(4)));
            storages.add(storage);
            return storage;
        }
        throw wrong("names a storage in an unknown way");
    }

    private void append(List<Object> values) {
        list(stack.getLast()).addAll(values);
    }

    private void put(List<Object> pairs) {
        Map<String, Object> map = map(stack.getLast());
        for (int i = 0; i < pairs.size(); i += 2) {
            Object value = pairs.get(i + 1);
            // Other keys are an optimizer's, or such.
            if (pairs.get(i) instanceof String key) {
                map.put(key, value);
            }
        }
    }

    private Object pop() {
        return stack.removeLast();
    }

    private List<Object> popLast(int count) {
        if (count < 0 || count > stack.size()) {
            throw new NoSuchElementException();
        }
        List<Object> last = stack.subList(stack.size() - count, stack.size());
        List<Object> values = new ArrayList<>(last);
        last.clear();
        return values;
    }

    private List<Object> popToMark() {
        return popLast(stack.size() - marks.removeLast());
    }

    private Object remembered(int index) {
        Object value = memo.get(index);
        if (value == null) {
            throw new NoSuchElementException();
        }
        return value;
    }

    private static Object integer(byte[] littleEndian) {
        byte[] bigEndian = new byte[littleEndian.length + 1];
        for (int i = 0; i < littleEndian.length; i++) {
            bigEndian[littleEndian.length - i] = littleEndian[i];
        }
        bigEndian[0] = (byte) (littleEndian.length > 0 && littleEndian[littleEndian.length - 1] < 0 ? -1 : 0);
        BigInteger value = new BigInteger(bigEndian);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private String text(int length) {
        return new String(raw(length), StandardCharsets.ISO_8859_1);
    }

    private String utf8(int length) {
        return new String(raw(length), StandardCharsets.UTF_8);
    }

    private byte[] raw(int length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] raw = new byte[length];
        bytes.get(raw);
        return raw;
    }

    private String line() {
        int end = bytes.position();
        while (end < bytes.limit() && bytes.get(end) != '\n') {
            end++;
        }
        String line = text(end - bytes.position());
        bytes.get();
        return line;
    }

    private long number(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        throw wrong("has another value where an integer belongs");
    }

    private List<Long> numbers(Object value) {
        List<Object> list = list(value);
        if (list.size() > MOST_DIMENSIONS) {
            throw wrong("has a tensor of " + list.size() + " dimensions, expected at most " + MOST_DIMENSIONS);
        }
        spend(list.size());
        return list.stream().map(this::number).toList();
    }

    @SuppressWarnings("unchecked") // only this class makes them
    private List<Object> list(Object value) {
        if (value instanceof List<?> list) {
            return (List<Object>) list;
        }
        throw wrong("has another value where a list belongs");
    }

    @SuppressWarnings("unchecked") // only this class makes them
    private Map<String, Object> map(Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw wrong("has another value where a dictionary belongs");
    }

    private InvalidInputException wrong(String what) {
        return new InvalidInputException(file + ": its pickle " + what);
    }
}
