// Text goes to the server as a stream of its own: as part of an event, text above the circuit's message limit would cut the circuit.
const send = (receiver, text) =>
  receiver.invokeMethodAsync('ArriveAsync', DotNet.createJSStreamReference(new TextEncoder().encode(text)));

export function attachArea(area, receiver) {
  area.addEventListener('change', () => send(receiver, area.value));
}

export function attachLine(box, receiver) {
  const take = () => {
    const text = box.value;
    box.value = '';
    if (text) send(receiver, text);
  };
  box.addEventListener('change', take);
  box.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    take();
  });
  box.addEventListener('paste', event => {
    const text = event.clipboardData.getData('text');
    if (!text.includes('\n')) return;
    event.preventDefault();
    send(receiver, text);
  });
}
