// Text goes to the server as a stream of its own: as part of an event, text above the circuit's message limit would cut the circuit.
const send = (receiver, text) =>
  receiver.invokeMethodAsync('ArriveAsync', DotNet.createJSStreamReference(new TextEncoder().encode(text)));

export function attachArea(area, receiver) {
  area.addEventListener('change', () => send(receiver, area.value));
  area.dataset.streams = 'yes';
}

// Moving an item by keys: its text first, and the focus goes along, which moving takes from it.
async function moveByKeys(event) {
  const box = event.target;
  if (!event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.key) || !box.closest('.field-item')) return;
  event.preventDefault();
  box.dispatchEvent(new Event('change', { bubbles: true }));
  for (let frame = 0; frame < 60 && document.activeElement === box; frame++) await new Promise(requestAnimationFrame);
  if (document.activeElement === document.body) box.focus();
}

export function attachLine(box, receiver) {
  box.closest('fieldset')?.addEventListener('keydown', moveByKeys, true);
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
  box.dataset.streams = 'yes';
}
