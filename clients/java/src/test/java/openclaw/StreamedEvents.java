package openclaw;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Iterator;
import java.util.Objects;
import okhttp3.Call;
import okhttp3.Response;

/** The events of an answer of Server-Sent Events as they come. Each is one JSON value in one line, as the gateway writes them. */
final class StreamedEvents<T> implements Iterable<StreamedEvents.Event<T>>, AutoCloseable {
  /** `id` is what `Last-Event-ID` takes. */
  record Event<T>(String id, T data) {}

  private final Response response;
  private final BufferedReader lines;
  private final Class<T> type;

  /** Sends the request. An answer that is no stream is thrown, as the generated methods do it. */
  StreamedEvents(Call call, Class<T> type) throws ApiException, IOException {
    this.type = type;
    response = call.execute();
    var body = Objects.requireNonNull(response.body());
    if (response.code() != 200) {
      try (response) {
        throw new ApiException(response.message(), response.code(), response.headers().toMultimap(), body.string());
      }
    }
    lines = new BufferedReader(body.charStream());
  }

  String header(String name) {
    return response.header(name);
  }

  /** Goes on behind the event that was read last. */
  @Override
  public Iterator<Event<T>> iterator() {
    var id = new String[1];
    return lines.lines()
        .peek(line -> {
          if (line.startsWith("id: ")) id[0] = line.substring(4);
        })
        .filter(line -> line.startsWith("data: "))
        .map(line -> new Event<>(id[0], JSON.getGson().fromJson(line.substring(6), type)))
        .iterator();
  }

  @Override
  public void close() {
    response.close();
  }
}
