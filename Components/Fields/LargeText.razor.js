// The text goes to the server as a stream of its own: as part of an event, text above the circuit's message limit would cut the circuit.
export function attach(area, receiver) {
  area.addEventListener('change', () =>
    receiver.invokeMethodAsync('ArriveAsync', DotNet.createJSStreamReference(new TextEncoder().encode(area.value))));
}
