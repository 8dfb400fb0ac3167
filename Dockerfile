# One image for every role: `passerelle serve`, `passerelle worker`, `passerelle beat`.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.lock requirements-uv.txt ./
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
 && /venv/bin/uv pip install --python /venv/bin/python --no-cache --require-hashes -r requirements.lock
COPY . .
RUN /venv/bin/uv pip install --python /venv/bin/python --no-cache --no-deps . && /venv/bin/pip uninstall -y uv

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home passerelle && install -d -o passerelle /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PASSERELLE_DATA_DIR=/data NUMBA_CACHE_DIR=/data/numba
USER passerelle
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["passerelle"]
CMD ["serve", "--host", "0.0.0.0"]
